import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { fromBase64Url, newToken, toBase64Url } from "./bytes.ts";
import { open, seal, type KeySet } from "./key-set.ts";

const set: KeySet = { current: "k1", keys: { k1: newToken() } };
const PURPOSE = "mail:verify:u1:1";

describe("a sealed text", () => {
  it("opens to every text it was made of", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "binary" }), async (text) => {
        expect(await open(set, await seal(set, text, PURPOSE), PURPOSE)).toBe(text);
      }),
      { seed: 1, numRuns: 100, examples: [[""], ["\uFEFFmarked"], ["a.b.c"], ["\0"]] },
    );
  });

  it("shows nothing of the text and never looks the same twice", async () => {
    const [a, b] = [await seal(set, "hunter2", PURPOSE), await seal(set, "hunter2", PURPOSE)];
    expect(a).not.toContain("hunter2");
    expect(a).not.toContain(toBase64Url(new TextEncoder().encode("hunter2")));
    expect(a).not.toBe(b);
  });

  it("does not open for another purpose", async () => {
    const sealed = await seal(set, "text", PURPOSE);
    expect(await open(set, sealed, "mail:verify:u2:1")).toBeNull();
    expect(await open(set, sealed, "")).toBeNull();
  });

  it("does not open when any byte of nonce, text or tag was flipped", async () => {
    const [kid, nonce = "", cipher = ""] = (await seal(set, "text", PURPOSE)).split(".");
    const flips = (part: string): string[] => {
      const bytes = fromBase64Url(part) ?? new Uint8Array();
      return Array.from(bytes, (byte, at) => toBase64Url(bytes.with(at, byte ^ 1)));
    };
    const bent = [
      ...flips(nonce).map((other) => `${kid}.${other}.${cipher}`),
      ...flips(cipher).map((other) => `${kid}.${nonce}.${other}`),
    ];
    expect(bent).toHaveLength(12 + 4 + 16);
    const opened = await Promise.all(bent.map((sealed) => open(set, sealed, PURPOSE)));
    expect(opened.filter((text) => text !== null)).toEqual([]);
  });

  it("opens under an old key while it is listed and not once it is removed", async () => {
    const sealed = await seal(set, "text", PURPOSE);
    const rotated: KeySet = { current: "k2", keys: { ...set.keys, k2: newToken() } };
    const { k1: _, ...rest } = rotated.keys;
    expect(await open(rotated, sealed, PURPOSE)).toBe("text");
    expect(await open({ current: "k2", keys: rest }, sealed, PURPOSE)).toBeNull();
  });

  it("is made under the current key after a rotation", async () => {
    const rotated: KeySet = { current: "k2", keys: { ...set.keys, k2: newToken() } };
    expect(await seal(rotated, "text", PURPOSE)).toMatch(/^k2\./);
  });

  it("does not open under the kid of another key", async () => {
    const both: KeySet = { current: "k1", keys: { ...set.keys, k2: newToken() } };
    const sealed = await seal(both, "text", PURPOSE);
    expect(await open(both, sealed.replace("k1.", "k2."), PURPOSE)).toBeNull();
  });

  it.each([
    ["nothing", () => ""],
    ["dots", () => "..."],
    ["a kid only", () => "k1"],
    ["an unknown kid", (sealed: string) => sealed.replace("k1.", "k9.")],
    ["a kid every object inherits", (sealed: string) => sealed.replace("k1.", "constructor.")],
    ["the kid __proto__", (sealed: string) => sealed.replace("k1.", "__proto__.")],
    ["a fourth part", (sealed: string) => `${sealed}.AAAA`],
    ["padding", (sealed: string) => `${sealed}=`],
    ["a short nonce", (sealed: string) => sealed.replace(/\.[^.]+\./, ".AAAA.")],
    ["no ciphertext", (sealed: string) => sealed.replace(/[^.]+$/, "")],
    ["less than a tag", (sealed: string) => sealed.replace(/[^.]+$/, "AAAA")],
  ])("does not open, nor throw, when it is %s", async (_name, change) => {
    expect(await open(set, change(await seal(set, "text", PURPOSE)), PURPOSE)).toBeNull();
  });
});
