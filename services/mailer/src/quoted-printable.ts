import { utf8 } from "@luna/shared/bytes";

/** RFC 2045 §6.7: 76 characters with the soft break's `=`. */
const MAX_LINE = 75;

const hex = (byte: number): string => `=${byte.toString(16).toUpperCase().padStart(2, "0")}`;

const encodeLine = (line: string): string => {
  const bytes = utf8(line);
  const lines: string[] = [];
  let current = "";
  bytes.forEach((byte, index) => {
    const blankAtEnd = (byte === 0x20 || byte === 0x09) && index === bytes.length - 1;
    const literal =
      byte === 0x09 || (byte >= 0x20 && byte <= 0x7e && byte !== 0x3d) ? !blankAtEnd : false;
    const token = literal ? String.fromCharCode(byte) : hex(byte);
    if (current.length + token.length > MAX_LINE) {
      lines.push(`${current}=`);
      current = "";
    }
    current += token;
  });
  return [...lines, current].join("\r\n");
};

/** UTF-8 text as 7-bit lines that end in CRLF, whatever line ends and servers it meets. */
export const quotedPrintable = (text: string): string =>
  text
    .split(/\r\n|\r|\n/)
    .map(encodeLine)
    .join("\r\n");
