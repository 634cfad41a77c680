import { sha256Hex, utf8 } from "../bytes.ts";

/** First line of every entry. Another format is another text, and no entry of it is read. */
const FORMAT = "luna-cache-1";

/** KV's own limit is 25 MiB; anything larger was not written by us. Bytes, envelope included. */
export const MAX_ENTRY_BYTES = 25_000_000;

/** What the body was stored with. */
export interface Seal {
  schemaVersion: number;
  /** Milliseconds since 1970. */
  storedAt: number;
  /** Milliseconds the body is fresh. */
  ttl: number;
}

export interface Envelope extends Seal {
  body: string;
}

const digestOf = (key: string, rest: string) => sha256Hex(`${FORMAT}\n${key}\n${rest}`);

/**
 * The bytes to store: format, digest, seal and body, a line each. The digest covers the rest and the
 * key, so that an entry is worth nothing when damaged, cut off, or stored under another key.
 *
 * @returns `null` if it would be larger than an entry may be
 */
export const seal = async (
  key: string,
  { schemaVersion, storedAt, ttl, body }: Envelope,
): Promise<Uint8Array<ArrayBuffer> | null> => {
  if (body.length > MAX_ENTRY_BYTES) return null;
  const rest = `${JSON.stringify({ schemaVersion, storedAt, ttl })}\n${body}`;
  const bytes = utf8(`${FORMAT}\n${await digestOf(key, rest)}\n${rest}`);
  return bytes.byteLength > MAX_ENTRY_BYTES ? null : bytes;
};

/** What `seal` stored under this key, unchanged to the last bit, or `null`. */
export const unseal = async (key: string, bytes: ArrayBuffer): Promise<Envelope | null> => {
  if (bytes.byteLength > MAX_ENTRY_BYTES) return null;
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
  const [format, digest] = text.split("\n", 2);
  if (format !== FORMAT || digest === undefined) return null;
  const rest = text.slice(FORMAT.length + digest.length + 2);
  if ((await digestOf(key, rest)) !== digest) return null;
  // Whoever made this digest is `seal`, so the lines are there and the first is its JSON.
  const end = rest.indexOf("\n");
  return { ...(JSON.parse(rest.slice(0, end)) as Seal), body: rest.slice(end + 1) };
};
