import { utf8 } from "@luna/shared/bytes";

/** A captured delivery is worth nothing after this; clocks differ by less. */
const TOLERANCE_S = 300;
/** Bytes of each of the two numbers of a P-256 signature. */
const NUMBER_BYTES = 32;

const fromBase64 = (text: string): Uint8Array<ArrayBuffer> | null => {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return null;
  }
};

/** One DER INTEGER at `offset` as 32 bytes, and where the next begins; `null` if there is none. */
const integerAt = (der: Uint8Array, offset: number): [Uint8Array, number] | null => {
  const length = der[offset + 1] ?? 0;
  const end = offset + 2 + length;
  if (der[offset] !== 0x02 || length === 0 || end > der.length) return null;
  // A leading zero only keeps the number positive.
  const digits = der.subarray(offset + 2 + (der[offset + 2] === 0 && length > 1 ? 1 : 0), end);
  if (digits.length > NUMBER_BYTES) return null;
  const padded = new Uint8Array(NUMBER_BYTES);
  padded.set(digits, NUMBER_BYTES - digits.length);
  return [padded, end];
};

/** SendGrid signs in DER, WebCrypto wants `r` and `s` side by side; `null` for anything else. */
const rawSignature = (der: Uint8Array): Uint8Array<ArrayBuffer> | null => {
  if (der[0] !== 0x30 || der[1] !== der.length - 2) return null;
  const r = integerAt(der, 2);
  const s = r === null ? null : integerAt(der, r[1]);
  if (r === null || s === null || s[1] !== der.length) return null;
  const raw = new Uint8Array(2 * NUMBER_BYTES);
  raw.set(r[0]);
  raw.set(s[0], NUMBER_BYTES);
  return raw;
};

/** The public key as SendGrid shows it: base64 of its SPKI form. `null` when it is none. */
const importKey = async (text: string): Promise<CryptoKey | null> => {
  const spki = fromBase64(text);
  if (spki === null) return null;
  const algorithm = { name: "ECDSA", namedCurve: "P-256" };
  try {
    return await crypto.subtle.importKey("spki", spki, algorithm, false, ["verify"]);
  } catch {
    return null;
  }
};

export interface SignedDelivery {
  /** Exactly as it arrived: a byte more or less is another message. */
  body: Uint8Array<ArrayBuffer>;
  /** `X-Twilio-Email-Event-Webhook-Signature`. */
  signature: string | null;
  /** `X-Twilio-Email-Event-Webhook-Timestamp`, in seconds since 1970. */
  timestamp: string | null;
}

/** Whether the holder of the key signed these bytes within the last minutes. */
export const isSigned = async (
  { body, signature, timestamp }: SignedDelivery,
  publicKey: string,
  now: number,
): Promise<boolean> => {
  if (signature === null || timestamp === null || !/^\d{1,12}$/.test(timestamp)) return false;
  if (Math.abs(now / 1_000 - Number(timestamp)) > TOLERANCE_S) return false;
  const raw = rawSignature(fromBase64(signature) ?? new Uint8Array());
  const key = await importKey(publicKey);
  if (raw === null || key === null) return false;
  const stamp = utf8(timestamp);
  const signed = new Uint8Array(stamp.length + body.length);
  signed.set(stamp);
  signed.set(body, stamp.length);
  return crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, key, raw, signed);
};
