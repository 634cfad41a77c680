import { describe, expect, it } from "vitest";

import { phpJson } from "./php-json.ts";

// Expected bytes are what `json_encode($value)` of PHP 8 prints.
describe("phpJson", () => {
  it.each([
    ["a slash", "https://a.b/c", String.raw`"https:\/\/a.b\/c"`],
    ["Latin letters", "Grüße", String.raw`"Gr\u00fc\u00dfe"`],
    ["an emoji as two surrogates", "🍋", String.raw`"\ud83c\udf4b"`],
    ["line separators", "\u2028\u2029", String.raw`"\u2028\u2029"`],
    ["controls", "\b\f\n\r\t\u0001", String.raw`"\b\f\n\r\t\u0001"`],
    ["DEL unescaped", "\u007f", '"\u007f"'],
    ["quotes and backslashes", '"\\', String.raw`"\"\\"`],
    ["a backslash before a slash", "\\/", String.raw`"\\\/"`],
    ["angle brackets and ampersands unescaped", "<&'>", `"<&'>"`],
    ["names too", { "a/ü": 1 }, String.raw`{"a\/\u00fc":1}`],
    ["no blanks", { a: [1, null, true] }, '{"a":[1,null,true]}'],
  ])("writes %s", (_what, value, bytes) => {
    expect(phpJson(value)).toBe(bytes);
  });
});
