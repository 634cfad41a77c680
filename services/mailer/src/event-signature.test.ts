import { createSign, generateKeyPairSync } from "node:crypto";

import { describe, expect, it } from "vitest";

import { isSigned } from "./event-signature.ts";

const NOW = 1_588_788_367_000;
const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const KEY = publicKey.export({ format: "der", type: "spki" }).toString("base64");
const bytes = (text: string) => new Uint8Array(Buffer.from(text));
const STAMP = String(NOW / 1_000);

const sign = (body: string, timestamp = STAMP): string =>
  createSign("sha256")
    .update(timestamp + body)
    .sign(privateKey, "base64");
const check = (
  body: string,
  { signature = sign(body), timestamp = STAMP, key = KEY, now = NOW } = {},
): Promise<boolean> => isSigned({ body: bytes(body), signature, timestamp }, key, now);

describe("a signature", () => {
  it("is the provider's own: its published example fits", async () => {
    // https://github.com/sendgrid/sendgrid-nodejs, packages/eventwebhook: key, bytes and signature.
    const example = {
      key: "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEEDr2LjtURuePQzplybdC+u4CwrqDqBaWjcMMsTbhdbcwHBcepxo7yAQGhHPTnlvFYPAZFceEu/1FwCM/QmGUhA==",
      signature:
        "MEUCIQCtIHJeH93Y+qpYeWrySphQgpNGNr/U+UyUlBkU6n7RAwIgJTz2C+8a8xonZGi6BpSzoQsbVRamr2nlxFDWYNH2j/0=",
      timestamp: "1588788367",
    };
    const body = '{"category":"example_payload","event":"test_event","message_id":"message_id"}';
    await expect(check(body, example)).resolves.toBe(true);
    await expect(check(`${body}\r\n`, example)).resolves.toBe(false);
  });

  it("fits whatever the length of its two numbers", async () => {
    // A leading zero, or a number that needs fewer bytes, comes up once in some dozens.
    for (let n = 0; n < 300; n += 1) expect(await check(`[${n}]\r\n`)).toBe(true);
  });

  it.each([
    ["other bytes", { signature: sign("[]") }],
    ["another time", { timestamp: String(Number(STAMP) + 1) }],
    ["no DER", { signature: btoa("x".repeat(70)) }],
    ["a cut signature", { signature: sign("[1]").slice(0, 40) }],
    ["trailing bytes", { signature: btoa(`${atob(sign("[1]"))}\0`) }],
    ["no base64", { signature: "???" }],
    ["nothing", { signature: "" }],
    ["a time that is none", { timestamp: "now" }],
    ["a key that is none", { key: btoa("key") }],
    ["no key", { key: "" }],
  ])("is refused for %s", async (_what, change) => {
    await expect(check("[1]", change)).resolves.toBe(false);
  });

  it.each([
    [300, true],
    [301, false],
    [-300, true],
    [-301, false],
  ])("%d seconds old is taken: %s", async (seconds, taken) => {
    await expect(check("[]", { now: NOW + seconds * 1_000 })).resolves.toBe(taken);
  });

  it("is refused when a header is missing", async () => {
    const body = bytes("[]");
    await expect(isSigned({ body, signature: null, timestamp: STAMP }, KEY, NOW)).resolves.toBe(
      false,
    );
    await expect(
      isSigned({ body, signature: sign("[]"), timestamp: null }, KEY, NOW),
    ).resolves.toBe(false);
  });
});
