import { utf8 } from "@luna/shared/bytes";

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

/** D1 answers a BLOB as a list of numbers. */
type Blob = ArrayBuffer | number[];
export type SealedRow = {
  id: string;
  body: Blob;
  body_key: Blob | null;
  /** 0 for deliveries that were kept before bodies were sealed. */
  sealed: number;
};

/** The bytes as they were signed; `null` once the key is forgotten, or if anything was changed. */
export const openBody = async (row: SealedRow): Promise<Uint8Array<ArrayBuffer> | null> => {
  const body = new Uint8Array(row.body);
  if (row.sealed === 0) return body;
  if (row.body_key === null) return null;
  const raw = new Uint8Array(row.body_key);
  try {
    const aes = await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["decrypt"]);
    return new Uint8Array(await crypto.subtle.decrypt(parameters(row.id), aes, body));
  } catch {
    // One damaged row must not keep the others of its page from being applied.
    return null;
  }
};
