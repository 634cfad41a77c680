import { fromHex, utf8 } from "@luna/shared/bytes";
import { sql } from "@luna/shared/d1/sql";

/** AES-256. */
const KEY_BYTES = 32;
/** A key that seals one body and nothing else needs no other nonce. */
const NONCE = new Uint8Array(12);

/** A body as the inbox keeps it. */
export interface Sealed {
  body: Uint8Array<ArrayBuffer>;
  key: Uint8Array<ArrayBuffer>;
}

const parameters = (id: string) => ({ name: "AES-GCM", iv: NONCE, additionalData: utf8(id) });

/** Seals the body of the delivery `id` with a key that is made for it. */
export const sealBody = async (id: string, body: Uint8Array<ArrayBuffer>): Promise<Sealed> => {
  const key = crypto.getRandomValues(new Uint8Array(KEY_BYTES));
  const aes = await crypto.subtle.importKey("raw", key, "AES-GCM", false, ["encrypt"]);
  return { body: new Uint8Array(await crypto.subtle.encrypt(parameters(id), aes, body)), key };
};

/**
 * Bytes go to D1 and come back as hex digits: bound as bytes they would travel as a list of decimal
 * numbers, nearly twice as long, and be a list in memory on both sides.
 */
export const SEALED_COLUMNS = sql`id, hex(body) AS body, hex(body_key) AS body_key, sealed`;

export type SealedRow = {
  id: string;
  body: string;
  /** Empty once it is forgotten. */
  body_key: string;
  /** 0 for deliveries that were kept before bodies were sealed. */
  sealed: number;
};

/** The bytes as they were signed; `null` once the key is forgotten, or if anything was changed. */
export const openBody = async (row: SealedRow): Promise<Uint8Array<ArrayBuffer> | null> => {
  const body = fromHex(row.body);
  if (row.sealed === 0 || body === null) return body;
  const raw = fromHex(row.body_key);
  if (raw === null || raw.length === 0) return null;
  try {
    const aes = await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["decrypt"]);
    return new Uint8Array(await crypto.subtle.decrypt(parameters(row.id), aes, body));
  } catch {
    // One damaged row must not keep the others of its page from being applied.
    return null;
  }
};
