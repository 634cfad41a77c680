import { describe, expect, it } from "vitest";

import {
  answeredOf,
  answeredText,
  askedOf,
  askedText,
  type Answered,
  type Asked,
} from "./exchange.ts";

it("a request arrives as it was asked when it crosses a binding", () => {
  const client = { address: "2001:db8::1", region: null, userAgent: '"\n\ud800', language: "en" };
  const asked: Asked = {
    method: "PATCH",
    url: "https://a.test/v1/me?x=%22",
    headers: { "content-type": "application/json" },
    caller: {
      kind: "user",
      client,
      userId: "00u",
      role: "user",
      tier: "pro",
      credential: { kind: "key", keyId: "k", scopes: ["read"] },
    },
  };
  expect(askedOf(askedText(asked))).toEqual(asked);
});

describe("an answer that crosses a binding", () => {
  it.each<[string, Answered]>([
    ["with a body", { status: 200, headers: { "content-type": "text/plain" }, body: "ok" }],
    ["of several lines", { status: 200, headers: {}, body: "\n\n=\n" }],
    ["with an empty body", { status: 200, headers: {}, body: "" }],
    ["without a body", { status: 204, headers: { "x-a": 'b"\n\u2028' }, body: null }],
    ["that begins like no body", { status: 500, headers: {}, body: "=" }],
  ])("arrives as it was given: %s", (_what, answer) => {
    expect(answeredOf(answeredText(answer))).toEqual(answer);
  });

  it("is nothing else", () => {
    expect(() => answeredOf("")).toThrow(SyntaxError);
  });
});
