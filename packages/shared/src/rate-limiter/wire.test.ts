import { describe, expect, it } from "vitest";

import { ByteReader, ByteWriter } from "./wire.ts";

describe("wire", () => {
  it("carries whole numbers up to 2^53 - 1 and any text", () => {
    const numbers = [0, 1, 127, 128, 16_383, 16_384, 2 ** 32, Date.UTC(2026, 10, 21), 2 ** 53 - 1];
    const bytes = new ByteWriter();
    for (const number of numbers) bytes.number(number);
    bytes.text("key/day:ключ".repeat(40));
    const reader = new ByteReader(bytes.done());
    expect(numbers.map(() => reader.number())).toEqual(numbers);
    expect(reader.text()).toBe("key/day:ключ".repeat(40));
  });

  it("refuses bytes that end too early", () => {
    expect(() => new ByteReader(new Uint8Array([0x80])).number()).toThrow(RangeError);
    expect(() => new ByteReader(new Uint8Array([3, 65])).text()).toThrow(RangeError);
  });
});
