import { utf8 } from "@luna/shared/bytes";

/** RFC 2045 §6.7: 76 characters with the soft break's `=`. */
const MAX_LINE = 75;
/** Most lines of a mail need no encoding at all. */
const PLAIN = /^(?:[\t\u0020-\u003c\u003e-\u007e]{0,74}[\u0021-\u003c\u003e-\u007e])?$/;

const hex = (byte: number): string => `=${byte.toString(16).toUpperCase().padStart(2, "0")}`;

/** How each byte is written where a line does not end. */
const TOKENS: readonly string[] = Array.from({ length: 256 }, (_, byte) =>
  byte === 0x09 || (byte >= 0x20 && byte <= 0x7e && byte !== 0x3d)
    ? String.fromCharCode(byte)
    : hex(byte),
);

const isBlank = (byte: number | undefined): boolean => byte === 0x20 || byte === 0x09;

const encodeLine = (line: string): string => {
  if (PLAIN.test(line)) return line;
  const bytes = utf8(line);
  const last = bytes.length - 1;
  const lines: string[] = [];
  let current = "";
  for (const [index, byte] of bytes.entries()) {
    const token = index === last && isBlank(byte) ? hex(byte) : (TOKENS[byte] ?? "");
    if (current.length + token.length > MAX_LINE) {
      lines.push(`${current}=`);
      current = "";
    }
    current += token;
  }
  return [...lines, current].join("\r\n");
};

/** UTF-8 text as 7-bit lines that end in CRLF, whatever line ends and servers it meets. */
export const quotedPrintable = (text: string): string =>
  text
    .split(/\r\n|\r|\n/)
    .map(encodeLine)
    .join("\r\n");
