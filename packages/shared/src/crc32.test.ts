import { crc32 as reference } from "node:zlib";

import { describe, expect, it } from "vitest";

import { toHex, utf8 } from "./bytes.ts";
import { crc32 } from "./crc32.ts";

describe("the checksum", () => {
  it("has the check value of the standard", () => {
    expect(toHex(crc32(utf8("123456789")))).toBe("cbf43926");
  });

  it.each(["", "\0", "luna_live_", "ü€😀", "x".repeat(1_000)])(
    "is zip's checksum of %j",
    (text) => {
      expect(toHex(crc32(utf8(text)))).toBe(reference(text).toString(16).padStart(8, "0"));
    },
  );
});
