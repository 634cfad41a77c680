/**
 * JSON as PHP's `json_encode` writes it by default, which is what LemonSqueezy signs: compact, `/`
 * as `\/` and everything outside ASCII as `\uXXXX` in lower-case hex, astral characters as two
 * surrogates. A receiver that parses and serialises again gets other bytes, and another signature.
 */
export const phpJson = (value: unknown): string =>
  JSON.stringify(value)
    .replaceAll("/", String.raw`\/`)
    // DEL is ASCII, which PHP leaves alone; `[^\0-\x7f]` is by UTF-16 unit because no `u` flag is set.
    // oxlint-disable-next-line no-control-regex -- the range is all of ASCII on purpose
    .replace(
      /[^\0-\x7f]/g,
      (unit) => String.raw`\u` + unit.charCodeAt(0).toString(16).padStart(4, "0"),
    );
