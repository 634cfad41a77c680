import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { API_KEY_PREFIX, apiKeyPrefix, newApiKey, parseApiKey } from "./api-key.ts";
import { sha256Hex, toBase64Url } from "./bytes.ts";
import { newId } from "./id.ts";
import type { KeySet } from "./key-set.ts";

const secret = () => toBase64Url(crypto.getRandomValues(new Uint8Array(32)));
const OLD = secret();
const NEW = secret();
const KEYS: KeySet = { current: "k1", keys: { k1: OLD } };
const CLAIM = { subject: newId(1), keyId: newId(2) };

const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

describe("an API key", () => {
  it("tells whose it is and which, and the hash of its whole text", async () => {
    const { text, secretHash } = await newApiKey(KEYS, CLAIM);
    expect(text).toMatch(/^luna_live_[0-9a-z]{28}_[0-9a-z]{28}_[0-9A-Za-z]{42}$/);
    expect(text.startsWith(apiKeyPrefix(CLAIM))).toBe(true);
    expect(text.startsWith(API_KEY_PREFIX)).toBe(true);
    expect(secretHash).toBe(await sha256Hex(text));
    expect(await parseApiKey(KEYS, text)).toEqual({ ...CLAIM, secretHash });
  });

  it("is never made twice", async () => {
    const made = await Promise.all(Array.from({ length: 200 }, () => newApiKey(KEYS, CLAIM)));
    expect(new Set(made.map(({ text }) => text)).size).toBe(200);
    expect(made.every(({ text }) => text.length === made[0]?.text.length)).toBe(true);
  });

  it("survives a rotation of the tag keys until its own is removed", async () => {
    const { text } = await newApiKey(KEYS, CLAIM);
    expect(await parseApiKey({ current: "k2", keys: { k2: NEW, k1: OLD } }, text)).not.toBeNull();
    expect(await parseApiKey({ current: "k2", keys: { k2: NEW } }, text)).toBeNull();
  });

  it("is refused when any one character is another", async () => {
    const { text } = await newApiKey(KEYS, CLAIM);
    const damages = fc.record({
      at: fc.nat(text.length - 1),
      to: fc.constantFrom(...Array.from(`${DIGITS}_- é`)),
    });
    await fc.assert(
      fc.asyncProperty(damages, async ({ at, to }) => {
        const damaged = text.slice(0, at) + to + text.slice(at + 1);
        fc.pre(damaged !== text);
        expect(await parseApiKey(KEYS, damaged)).toBeNull();
      }),
      { seed: 3, numRuns: 500 },
    );
  });

  it("is refused when cut short, lengthened or wrapped", async () => {
    const { text } = await newApiKey(KEYS, CLAIM);
    const cut = Array.from(text, (_, length) => text.slice(0, length));
    for (const wrong of [...cut, `${text}0`, `${text}\n`, ` ${text}`, text.toUpperCase()])
      expect(await parseApiKey(KEYS, wrong), wrong).toBeNull();
  });
});

describe("a forged API key", () => {
  it("is refused although its form and checksum are right", async () => {
    const forger: KeySet = { current: "k1", keys: { k1: NEW } };
    for (let round = 0; round < 200; round += 1) {
      const { text } = await newApiKey(forger, CLAIM);
      expect(await parseApiKey(KEYS, text)).toBeNull();
      expect(await parseApiKey(forger, text)).not.toBeNull();
    }
  });
});
