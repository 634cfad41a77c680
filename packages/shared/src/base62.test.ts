import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { fromBase62, toBase62 } from "./base62.ts";

describe("base62", () => {
  it("has one spelling of fixed length for every number", () => {
    expect(toBase62(Uint8Array.of(0, 0), 3)).toBe("000");
    expect(toBase62(Uint8Array.of(0, 61), 3)).toBe("00z");
    expect(toBase62(Uint8Array.of(255, 255), 3)).toBe("H31");
  });

  it("gives back what it spelled", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 20, maxLength: 20 }), (bytes) => {
        expect(fromBase62(toBase62(bytes, 27), 20)).toEqual(bytes);
      }),
      { seed: 3 },
    );
  });

  it("refuses other digits and numbers too large", () => {
    expect(fromBase62("00-", 2)).toBeNull();
    expect(fromBase62("H32", 2)).toBeNull();
    expect(() => toBase62(Uint8Array.of(255, 255), 2)).toThrow(RangeError);
  });
});
