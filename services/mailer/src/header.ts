import { utf8 } from "@luna/shared/bytes";

/** RFC 2047 §2: a line with an encoded word has at most 76 characters; `Subject: ` comes first. */
const ENCODED_WORD_BYTES = 39;
/** RFC 5322 §2.1.1: the line, with its name, stays below 998. */
const MAX_PLAIN = 900;

const base64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes));

/** Splits between characters, never within one, because each word is decoded by itself. */
const chunks = (text: string): string[] => {
  const words: string[] = [];
  let word = "";
  for (const character of text) {
    if (utf8(word + character).length > ENCODED_WORD_BYTES) {
      words.push(word);
      word = "";
    }
    word += character;
  }
  return [...words, word];
};

/** Printable ASCII that a reader would not take for an encoded word. */
const isPlain = (text: string): boolean =>
  text.length <= MAX_PLAIN && /^[\u0020-\u007e]*$/.test(text) && !text.includes("=?");

/**
 * The text as it may stand in an unstructured header, or `null` when it holds a control character:
 * a CR or LF here would begin a header of somebody else's choosing.
 */
export const encodeHeader = (text: string): string | null => {
  // oxlint-disable-next-line no-control-regex -- exactly what must not pass
  if (/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(text)) return null;
  return isPlain(text)
    ? text
    : chunks(text)
        .map((word) => `=?UTF-8?B?${base64(utf8(word))}?=`)
        .join("\r\n ");
};

/** `"Luna Mesh" <no-reply@example.com>`; the address has passed `parseAddress`. */
export const encodeMailbox = (name: string, address: string): string | null => {
  if (name === "") return `<${address}>`;
  const encoded = encodeHeader(name);
  if (encoded === null) return null;
  return encoded === name
    ? `"${name.replaceAll(/["\\]/g, String.raw`\$&`)}" <${address}>`
    : `${encoded}\r\n <${address}>`;
};
