import * as v from "valibot";

import { fromBase64Url, toBase64Url, utf8 } from "./bytes.ts";

/** Shorter keys can be searched; longer ones add nothing to HMAC-SHA-256 or AES-256. */
const KEY_BYTES = 32;

const KeyMaterial = v.pipe(
  v.string(),
  v.check((text) => (fromBase64Url(text)?.length ?? 0) >= KEY_BYTES, "needs 32 bytes of base64url"),
);

/** A kid stands between dots in sealed texts and tokens, so it has none itself. */
const Kid = v.pipe(v.string(), v.regex(/^[\w-]{1,64}$/, "a kid is 1 to 64 of A-Z a-z 0-9 _ -"));

/**
 * A rotating secret: every listed key verifies and opens, `current` signs and seals.
 * Written as JSON: `{"current": "k2", "keys": {"k2": "<base64url>", "k1": "<base64url>"}}`.
 * Removing a key revokes whatever it made.
 */
export const KeySet = v.pipe(
  v.strictObject({ current: v.string(), keys: v.record(Kid, KeyMaterial) }),
  v.check((set) => Object.hasOwn(set.keys, set.current), "the current key is not listed"),
  v.check(
    (set) => new Set(Object.values(set.keys)).size === Object.keys(set.keys).length,
    "two kids share one key",
  ),
);
export type KeySet = v.InferOutput<typeof KeySet>;

const material = (set: KeySet, kid: string): Uint8Array<ArrayBuffer> | null => {
  const text = Object.hasOwn(set.keys, kid) ? set.keys[kid] : undefined;
  return text === undefined ? null : fromBase64Url(text);
};

const hmacKey = (raw: Uint8Array<ArrayBuffer>, usage: "sign" | "verify"): Promise<CryptoKey> =>
  crypto.subtle.importKey("raw", raw, { name: "HMAC", hash: "SHA-256" }, false, [usage]);

/** HMAC-SHA-256 under the named key, or under the current one; `null` when the kid is unknown. */
export const mac = async (
  set: KeySet,
  message: string,
  kid = set.current,
): Promise<{ kid: string; tag: Uint8Array } | null> => {
  const raw = material(set, kid);
  if (raw === null) return null;
  const key = await hmacKey(raw, "sign");
  return { kid, tag: new Uint8Array(await crypto.subtle.sign("HMAC", key, utf8(message))) };
};

/** Compares in constant time; a tag of another length or of an unknown key is simply wrong. */
export const macMatches = async (
  set: KeySet,
  message: string,
  kid: string,
  tag: Uint8Array<ArrayBuffer>,
): Promise<boolean> => {
  const raw = material(set, kid);
  if (raw === null) return false;
  return crypto.subtle.verify("HMAC", await hmacKey(raw, "verify"), tag, utf8(message));
};

/**
 * Whether the HMAC under any listed key begins with these bytes: for tags that are kept short and
 * carry no kid. Every byte is compared whatever the first ones say, so time tells nothing.
 */
export const macBeginsWith = async (
  set: KeySet,
  message: string,
  start: Uint8Array<ArrayBuffer>,
): Promise<boolean> => {
  let matches = false;
  for (const kid of Object.keys(set.keys)) {
    const made = await mac(set, message, kid);
    let difference = start.length === 0 ? 1 : 0;
    start.forEach((byte, index) => {
      difference |= byte ^ (made?.tag[index] ?? -1);
    });
    matches = difference === 0 || matches;
  }
  return matches;
};

const aesKey = (raw: Uint8Array<ArrayBuffer>, usage: "encrypt" | "decrypt"): Promise<CryptoKey> =>
  crypto.subtle.importKey("raw", raw.slice(0, KEY_BYTES), "AES-GCM", false, [usage]);

const NONCE_BYTES = 12;

/**
 * Encrypts `text` under the current key as `kid.nonce.ciphertext`. `purpose` is authenticated, so
 * a value sealed for one row or column does not open in another.
 */
export const seal = async (set: KeySet, text: string, purpose: string): Promise<string> => {
  const raw = material(set, set.current);
  if (raw === null) throw new Error("a parsed key set lists its current key");
  const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
  const sealed = await crypto.subtle.encrypt(
    { name: "AES-GCM", iv: nonce, additionalData: utf8(purpose) },
    await aesKey(raw, "encrypt"),
    utf8(text),
  );
  return `${set.current}.${toBase64Url(nonce)}.${toBase64Url(sealed)}`;
};

/** The sealed text, or `null` for an unknown key, another purpose or a changed byte. */
export const open = async (
  set: KeySet,
  sealed: string,
  purpose: string,
): Promise<string | null> => {
  const [kid = "", nonceText = "", cipherText = "", ...rest] = sealed.split(".");
  const raw = material(set, kid);
  const nonce = fromBase64Url(nonceText);
  const cipher = fromBase64Url(cipherText);
  if (rest.length > 0 || raw === null || nonce?.length !== NONCE_BYTES || cipher === null)
    return null;
  try {
    const opened = await crypto.subtle.decrypt(
      { name: "AES-GCM", iv: nonce, additionalData: utf8(purpose) },
      await aesKey(raw, "decrypt"),
      cipher,
    );
    // Without ignoreBOM a text that begins with U+FEFF would come back without it.
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(opened);
  } catch {
    return null;
  }
};
