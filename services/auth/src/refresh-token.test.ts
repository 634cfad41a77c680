import { toBase64Url, utf8 } from "@luna/shared/bytes";
import type { KeySet } from "@luna/shared/key-set";
import { describe, expect, it } from "vitest";

import { readRefreshToken, refreshToken } from "./refresh-token.ts";

const keyOf = (letter: string): string => toBase64Url(utf8(letter.repeat(32)));
const ONE: KeySet = { current: "k1", keys: { k1: keyOf("a") } };
const TWO: KeySet = { current: "k2", keys: { k1: keyOf("a"), k2: keyOf("b") } };
const NEW: KeySet = { current: "k2", keys: { k2: keyOf("b") } };

const claim = { sessionId: "0001abcdefgh0123456789abcdef", counter: 41 };
const token = await refreshToken(ONE, claim);

const flipped = Array.from(token, (character, index) => {
  const other =
    character === "a" ? "b" : character === "1" ? "2" : /\d/.test(character) ? "1" : "a";
  return token.slice(0, index) + other + token.slice(index + 1);
});

describe("a refresh token", () => {
  it("tells the session and the counter it was made for", async () => {
    expect(await readRefreshToken(ONE, token)).toEqual(claim);
  });

  it("is the same however often it is made", async () => {
    expect(await refreshToken(ONE, claim)).toBe(token);
  });

  it.each(flipped)("is refused with one character changed: %s", async (text) => {
    expect(text).not.toBe(token);
    expect(await readRefreshToken(ONE, text)).toBeNull();
  });

  it("does not pass for another session or another counter", async () => {
    const tag = token.split(".").at(-1) ?? "";
    const other = `luna_refresh_${claim.sessionId.replace("1", "2")}.41.k1.${tag}`;
    const next = `luna_refresh_${claim.sessionId}.42.k1.${tag}`;
    expect(await readRefreshToken(ONE, other)).toBeNull();
    expect(await readRefreshToken(ONE, next)).toBeNull();
  });

  it("differs for every session and every counter", async () => {
    const others = [
      { ...claim, counter: 42 },
      { ...claim, counter: 4 },
      { ...claim, sessionId: claim.sessionId.replace("1", "2") },
    ];
    const made = await Promise.all(others.map((other) => refreshToken(ONE, other)));
    expect(new Set([token, ...made]).size).toBe(4);
  });

  it("stays good while its key is listed, and new ones use the current key", async () => {
    expect(await readRefreshToken(TWO, token)).toEqual(claim);
    expect(await refreshToken(TWO, claim)).toContain(".k2.");
  });

  it("is refused once its key is gone, or stands under another name", async () => {
    expect(await readRefreshToken(NEW, token)).toBeNull();
    expect(await readRefreshToken(TWO, token.replace(".k1.", ".k2."))).toBeNull();
    expect(await readRefreshToken(ONE, token.replace(".k1.", ".constructor."))).toBeNull();
  });

  it.each([
    "",
    "luna_refresh_",
    token.slice(0, -1),
    `${token}A`,
    `${token}\n`,
    ` ${token}`,
    token.replace(".41.", ".041."),
    token.replace(".41.", ".-41."),
    token.replace(".41.", ".41.0."),
    token.toUpperCase(),
  ])("has one spelling: %j is refused", async (text) => {
    expect(await readRefreshToken(ONE, text)).toBeNull();
  });
});
