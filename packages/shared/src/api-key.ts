import { fromBase62, toBase62 } from "./base62.ts";
import { sha256Hex, utf8 } from "./bytes.ts";
import { crc32 } from "./crc32.ts";
import { mac, macBeginsWith, type KeySet } from "./key-set.ts";

/** Whose key it is, and which of theirs. */
export interface ApiKeyClaim {
  subject: string;
  keyId: string;
}

/** What a key that we made says. `secretHash` is SHA-256 of its text, in hex: all that is stored. */
export interface ParsedApiKey extends ApiKeyClaim {
  secretHash: string;
}

/** By this a bearer token is known to be an API key, to us and to scanners of leaked secrets. */
export const API_KEY_PREFIX = "luna_live_";

/** 160 random bits: as many as GitHub's tokens, far beyond any search. */
const SECRET_BYTES = 20;
const SECRET_DIGITS = 27;
/** One forged key in 2^48 gets past the gateway, and then its hash is unknown. */
const TAG_BYTES = 6;
const TAG_DIGITS = 9;
const CHECKSUM_DIGITS = 6;

const FORM = /^luna_live_([0-9a-z]{28})_([0-9a-z]{28})_[0-9A-Za-z]{42}$/;

/** `luna_live_<subject>_<key>`: tells keys apart without telling any. */
export const apiKeyPrefix = ({ subject, keyId }: ApiKeyClaim): string =>
  `${API_KEY_PREFIX}${subject}_${keyId}`;

const message = (body: string): string => `api-key:${body}`;
const checksum = (text: string): string => toBase62(crc32(utf8(text)), CHECKSUM_DIGITS);

/** A new key `luna_live_<subject>_<key>_<secret><tag><checksum>` and the hash to store in its place. */
export const newApiKey = async (
  keys: KeySet,
  claim: ApiKeyClaim,
): Promise<{ text: string; secretHash: string }> => {
  const secret = crypto.getRandomValues(new Uint8Array(SECRET_BYTES));
  const body = `${apiKeyPrefix(claim)}_${toBase62(secret, SECRET_DIGITS)}`;
  const made = await mac(keys, message(body));
  if (made === null) throw new Error("a parsed key set lists its current key");
  const tagged = body + toBase62(made.tag.slice(0, TAG_BYTES), TAG_DIGITS);
  const text = tagged + checksum(tagged);
  return { text, secretHash: await sha256Hex(text) };
};

/**
 * What a key says if we made it, or `null`. A typing error costs a checksum and a forgery an HMAC:
 * neither reaches any storage. Whether the key is still valid its subject knows.
 */
export const parseApiKey = async (keys: KeySet, text: string): Promise<ParsedApiKey | null> => {
  const [, subject = "", keyId = ""] = FORM.exec(text) ?? [];
  if (subject === "") return null;
  const tagged = text.slice(0, -CHECKSUM_DIGITS);
  if (checksum(tagged) !== text.slice(-CHECKSUM_DIGITS)) return null;
  const body = tagged.slice(0, -TAG_DIGITS);
  const tag = fromBase62(tagged.slice(-TAG_DIGITS), TAG_BYTES);
  const made = tag !== null && (await macBeginsWith(keys, message(body), tag));
  return made ? { subject, keyId, secretHash: await sha256Hex(text) } : null;
};
