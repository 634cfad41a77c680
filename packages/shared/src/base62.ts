const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** Fixed length with leading zeros, so that texts of one kind line up and have one spelling each. */
export const toBase62 = (bytes: Uint8Array, length: number): string => {
  let value = 0n;
  for (const byte of bytes) value = value * 256n + BigInt(byte);
  let text = "";
  for (let digit = 0; digit < length; digit += 1) {
    text = DIGITS.charAt(Number(value % 62n)) + text;
    value /= 62n;
  }
  if (value !== 0n) throw new RangeError(`${bytes.length} bytes need more than ${length} digits`);
  return text;
};

/** The `length` bytes that `toBase62` spelled so, or `null` for another digit or too large a number. */
export const fromBase62 = (text: string, length: number): Uint8Array<ArrayBuffer> | null => {
  let value = 0n;
  for (const character of text) {
    const digit = DIGITS.indexOf(character);
    if (digit === -1) return null;
    value = value * 62n + BigInt(digit);
  }
  const bytes = new Uint8Array(length);
  for (let index = length - 1; index >= 0; index -= 1) {
    bytes[index] = Number(value % 256n);
    value /= 256n;
  }
  return value === 0n ? bytes : null;
};
