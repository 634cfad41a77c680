const encoder = new TextEncoder();

export const utf8 = (text: string): Uint8Array<ArrayBuffer> =>
  encoder.encode(text) as Uint8Array<ArrayBuffer>;

const DIGITS = utf8("0123456789abcdef");
const decoder = new TextDecoder();

/** Lower-case hex digits. Through bytes, because a body of some thousand is no list of short texts. */
export const toHex = (bytes: ArrayBuffer | Uint8Array): string => {
  const view = new Uint8Array(bytes);
  const text = new Uint8Array(view.length * 2);
  view.forEach((byte, index) => {
    text[index * 2] = DIGITS[byte >> 4] ?? 0;
    text[index * 2 + 1] = DIGITS[byte & 15] ?? 0;
  });
  return decoder.decode(text);
};

/** The bytes of an even number of lower- or upper-case hex digits, or `null`. */
export const fromHex = (text: string): Uint8Array<ArrayBuffer> | null => {
  if (text.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(text)) return null;
  return Uint8Array.from({ length: text.length / 2 }, (_, index) =>
    Number.parseInt(text.slice(index * 2, index * 2 + 2), 16),
  );
};

export const toBase64Url = (bytes: ArrayBuffer | Uint8Array): string => {
  let binary = "";
  for (const byte of new Uint8Array(bytes)) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
};

/** The bytes of unpadded base64url, or `null`. Only the canonical spelling is accepted. */
export const fromBase64Url = (text: string): Uint8Array<ArrayBuffer> | null => {
  if (!/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) return null;
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
  return toBase64Url(bytes) === text ? bytes : null;
};

export const sha256 = async (data: Uint8Array<ArrayBuffer> | string): Promise<Uint8Array> =>
  new Uint8Array(
    await crypto.subtle.digest("SHA-256", typeof data === "string" ? utf8(data) : data),
  );

export const sha256Hex = async (data: Uint8Array<ArrayBuffer> | string): Promise<string> =>
  toHex(await sha256(data));

/** A token for a link or a header: 256 random bits as 43 base64url characters. */
export const newToken = (): string => toBase64Url(crypto.getRandomValues(new Uint8Array(32)));
