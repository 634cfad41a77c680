import { within } from "../deadline.ts";
import { err, ok, type Result } from "../rpc/result.ts";
import type { Arrival } from "./arrival.ts";

/** API.md: 256 KB. Nothing legitimate comes near it, and a larger body could stall an isolate. */
export const MAX_BODY_BYTES = 256 * 1024;

/**
 * workerd closes a connection whose request body was left unread, and the client then sees a
 * broken socket instead of the answer. What is refused is therefore read to here and thrown away.
 */
const DISCARD_BYTES = 2 * 1024 * 1024;

/** Whoever takes longer to send what nobody wants may lose the answer, but never waits for ever. */
const DISCARD_MS = 10_000;

const discard = async (body: ReadableStream<Uint8Array>): Promise<void> => {
  let size = 0;
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size > DISCARD_BYTES) return;
  }
};

/** Reads what is left of a body that nobody wants, as far and as long as is sensible. */
export const discardBody = async (request: Request, patienceMs = DISCARD_MS): Promise<void> => {
  if (request.body === null || request.bodyUsed) return;
  // Nobody hears the answer when it breaks off, so that is no failure of ours.
  const discarded = discard(request.body).catch(() => undefined);
  await within(patienceMs, discarded, () => undefined);
};

type TooLarge = "payload_too_large";

const tooLarge = (limit: number): Result<never, TooLarge> =>
  err("payload_too_large", `The body may have at most ${limit} bytes.`);

/** HTTP itself keeps a body to its length, so it can be taken in one piece. */
const tellsLength = ({ headers }: Arrival, limit: number): boolean => {
  const length = Number(headers.get("content-length") ?? "");
  return length > 0 && length <= limit;
};

/** The raw bytes, kept only as far as the cap. A missing body is zero bytes. */
export const readBytes = async (
  arrival: Arrival,
  limit = MAX_BODY_BYTES,
): Promise<Result<Uint8Array<ArrayBuffer>, TooLarge>> => {
  const atOnce = (bytes: Uint8Array<ArrayBuffer>) =>
    bytes.byteLength > limit ? tooLarge(limit) : ok(bytes);
  const { request, bytes: here } = arrival;
  const stream = request?.body ?? null;
  if (request === null || stream === null) return atOnce(here ?? new Uint8Array());
  if (tellsLength(arrival, limit)) return atOnce(new Uint8Array(await request.arrayBuffer()));

  let chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.byteLength;
    if (size <= limit) chunks.push(chunk);
    else chunks = [];
    if (size > DISCARD_BYTES) break;
  }
  if (size > limit) return tooLarge(limit);
  const bytes = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return ok(bytes);
};

/** `application/json` or `application/*+json`; a charset other than UTF-8 is not JSON (RFC 8259). */
export const isJson = (contentType: string | null): boolean =>
  /^application\/(?:[a-z0-9.!#$&^_-]+\+)?json\s*(?:;\s*charset\s*=\s*"?utf-8"?\s*)?$/i.test(
    contentType ?? "",
  );

type Unreadable = "malformed_encoding" | "malformed_json";

/** `fatal` because a replacement character would silently change what was signed or hashed. */
export const parseJson = (bytes: Uint8Array): Result<{ json: unknown }, Unreadable> => {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return err("malformed_encoding", "The body is not valid UTF-8.");
  }
  try {
    return ok({ json: JSON.parse(text) as unknown });
  } catch {
    return err("malformed_json", "The body is not valid JSON.");
  }
};
