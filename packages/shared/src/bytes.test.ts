import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import {
  fromBase64Url,
  fromHex,
  newToken,
  sha256,
  sha256Hex,
  toBase64Url,
  toHex,
  utf8,
} from "./bytes.ts";

const Bytes = fc.uint8Array({ maxLength: 200 }).map((bytes) => Uint8Array.from(bytes));

describe("base64url", () => {
  it("comes back as the bytes it was made of, as Node writes it", () => {
    fc.assert(
      fc.property(Bytes, (bytes) => {
        const text = toBase64Url(bytes);
        expect(text).toBe(Buffer.from(bytes).toString("base64url"));
        expect(fromBase64Url(text)).toEqual(bytes);
      }),
      { seed: 3 },
    );
  });

  it("has one spelling only: whatever is accepted is what would be written", () => {
    const Text = fc.string({
      unit: fc.constantFrom(..."ABQgw-_+/= 01xyz".split("")),
      maxLength: 9,
    });
    fc.assert(
      fc.property(Text, (text) => {
        const bytes = fromBase64Url(text);
        expect(bytes === null || toBase64Url(bytes) === text).toBe(true);
      }),
      { seed: 4, numRuns: 5_000 },
    );
  });

  it.each(["A", "AB", "AAB", "AA=", "AA==", "A+A=", "AA/A", " AAAA", "AAAA\n", "AAAAA", "ÀAAA"])(
    "is refused: %j",
    (text) => {
      expect(fromBase64Url(text)).toBeNull();
    },
  );

  it("of nothing is nothing", () => {
    expect(fromBase64Url("")).toEqual(new Uint8Array());
  });
});

describe("hex", () => {
  it("comes back as the bytes it was made of, in either case", () => {
    fc.assert(
      fc.property(Bytes, (bytes) => {
        expect(fromHex(toHex(bytes))).toEqual(bytes);
        expect(fromHex(toHex(bytes).toUpperCase())).toEqual(bytes);
      }),
      { seed: 5 },
    );
  });

  it.each(["0", "0g", "0x00", " 00", "00\n", "+1", "１２"])("is refused: %j", (text) => {
    expect(fromHex(text)).toBeNull();
  });
});

describe("SHA-256", () => {
  it("is FIPS 180-4's for text and for bytes", async () => {
    const abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    expect(await sha256Hex("abc")).toBe(abc);
    expect(toHex(await sha256(utf8("abc")))).toBe(abc);
  });
});

describe("a new token", () => {
  it("is 43 characters for 32 bytes, and no two are alike", () => {
    const tokens = Array.from({ length: 1_000 }, newToken);
    expect(new Set(tokens).size).toBe(1_000);
    expect(tokens.filter((token) => fromBase64Url(token)?.length !== 32)).toEqual([]);
  });
});
