import * as v from "valibot";
import { describe, expect, it } from "vitest";

import { newToken } from "./bytes.ts";
import { KeySet, mac, macMatches } from "./key-set.ts";

const set: KeySet = { current: "k2", keys: { k1: newToken(), k2: newToken() } };

const tagOf = async (message: string, kid?: string) => {
  const made = await mac(set, message, kid);
  if (made === null) throw new Error("the kid is listed");
  return { ...made, tag: Uint8Array.from(made.tag) };
};

describe("a message authentication code", () => {
  it("is made under the current key and holds under its kid", async () => {
    const { kid, tag } = await tagOf("m");
    expect(kid).toBe("k2");
    expect(await macMatches(set, "m", kid, tag)).toBe(true);
  });

  it("holds under an older key that is still listed", async () => {
    const { kid, tag } = await tagOf("m", "k1");
    expect(await macMatches(set, "m", kid, tag)).toBe(true);
  });

  it("does not hold for another message or under another key", async () => {
    const { tag } = await tagOf("m");
    expect(await macMatches(set, "M", "k2", tag)).toBe(false);
    expect(await macMatches(set, "m", "k1", tag)).toBe(false);
  });

  it.each([0, 1, 16, 31, 33, 64])("does not hold when it has %i bytes", async (length) => {
    const { tag } = await tagOf("m");
    const other = new Uint8Array(length);
    other.set(tag.slice(0, length));
    expect(await macMatches(set, "m", "k2", other)).toBe(false);
  });

  it("does not hold when any one of its bits is flipped", async () => {
    const { tag } = await tagOf("m");
    const bent = Array.from({ length: 256 }, (_, bit) =>
      tag.with(bit >> 3, (tag[bit >> 3] ?? 0) ^ (1 << (bit & 7))),
    );
    const results = await Promise.all(bent.map((other) => macMatches(set, "m", "k2", other)));
    expect(results).not.toContain(true);
  });

  it.each(["k3", "", "__proto__", "constructor", "toString"])(
    "is neither made nor checked under the unknown kid %j",
    async (kid) => {
      const { tag } = await tagOf("m");
      expect(await mac(set, "m", kid)).toBeNull();
      expect(await macMatches(set, "m", kid, tag)).toBe(false);
    },
  );
});

describe("a key set", () => {
  it("is accepted as the operator's tool writes it", () => {
    expect(v.is(KeySet, set)).toBe(true);
  });

  it.each([
    ["is no object", "k1"],
    ["has no current key", { keys: set.keys }],
    ["names a current key that is not listed", { ...set, current: "k3" }],
    ["names a current key that every object inherits", { ...set, current: "constructor" }],
    ["has no keys", { current: "k1", keys: {} }],
    ["has a field nobody knows", { ...set, algorithm: "none" }],
    ["has a key of 31 bytes", { current: "k1", keys: { k1: "A".repeat(42) } }],
    ["has an empty key", { current: "k1", keys: { k1: "" } }],
    ["has a key in standard base64", { current: "k1", keys: { k1: `${"+".repeat(42)}A=` } }],
    ["has a padded key", { current: "k1", keys: { k1: `${newToken()}=` } }],
    ["has a key in a second spelling", { current: "k1", keys: { k1: `${"A".repeat(42)}B` } }],
    [
      "has one key under two kids",
      { current: "a", keys: { a: set.keys["k1"], b: set.keys["k1"] } },
    ],
    [
      "has a kid with a dot, which would split a sealed text",
      { current: "a.b", keys: { "a.b": newToken() } },
    ],
    ["has a kid without characters", { current: "", keys: { "": newToken() } }],
  ])("is refused when it %s", (_name, value) => {
    expect(v.is(KeySet, value)).toBe(false);
  });

  it("is refused when a key hides under __proto__", () => {
    const text = `{"current":"__proto__","keys":{"__proto__":"${newToken()}"}}`;
    expect(v.is(KeySet, JSON.parse(text))).toBe(false);
  });
});
