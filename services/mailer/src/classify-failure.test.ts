import { describe, expect, it } from "vitest";

import {
  classifyCloudflareCode,
  classifyHttpStatus,
  classifySmtpReply,
  classifySmtpSilence,
} from "./classify-failure.ts";

describe("an SMTP refusal", () => {
  it.each([
    ["greeting", 421, "transient"],
    ["greeting", 554, "provider"],
    ["hello", 502, "provider"],
    ["tls", 454, "transient"],
    ["auth", 535, "provider"],
    ["auth", 454, "transient"],
    ["sender", 530, "provider"],
    ["sender", 550, "provider"],
    ["sender", 452, "transient"],
    ["recipient", 530, "provider"],
    ["recipient", 450, "transient"],
    ["recipient", 550, "permanent"],
    ["recipient", 553, "permanent"],
    ["data", 554, "permanent"],
    ["dot", 451, "transient"],
    ["dot", 552, "permanent"],
    ["dot", 554, "permanent"],
  ] as const)("at %s of %d is %s", (stage, code, expected) => {
    expect(classifySmtpReply(stage, code)).toBe(expected);
  });
});

it("is ambiguous only after the final dot", () => {
  expect(classifySmtpSilence("data")).toBe("transient");
  expect(classifySmtpSilence("dot")).toBe("ambiguous");
});

it.each([
  [301, "provider"],
  [400, "permanent"],
  [401, "provider"],
  [403, "provider"],
  [404, "provider"],
  [405, "provider"],
  [413, "permanent"],
  [429, "transient"],
  [500, "transient"],
  [503, "transient"],
] as const)("makes of HTTP %d a failure that is %s", (status, expected) => {
  expect(classifyHttpStatus(status)).toBe(expected);
});

it.each([
  ["E_SENDER_NOT_VERIFIED", "provider"],
  ["E_DAILY_LIMIT_EXCEEDED", "provider"],
  ["E_VALIDATION_ERROR", "permanent"],
  ["E_RECIPIENT_NOT_ALLOWED", "permanent"],
  ["E_CONTENT_TOO_LARGE", "permanent"],
  ["E_RATE_LIMIT_EXCEEDED", "transient"],
  ["E_SOMETHING_NEW", "ambiguous"],
  ["", "ambiguous"],
] as const)("makes of Cloudflare's %s a failure that is %s", (code, expected) => {
  expect(classifyCloudflareCode(code)).toBe(expected);
});
