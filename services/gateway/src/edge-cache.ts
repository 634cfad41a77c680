import { createLru } from "@luna/shared/cache/lru";
import type { Answered } from "@luna/shared/rpc/exchange";

/** A 200 as it is kept: nothing in it belongs to the request that fetched it. */
interface Kept {
  contentType: string;
  body: string;
}

/** For whom and in which state of their data an answer is right. */
export interface CacheKey {
  userId: string;
  scopes: readonly string[] | null;
  url: string;
  language: string;
  /** Changes with every write of the caller's data and with every deploy of its owner. */
  version: string;
}

/** Even an answer that no write ever invalidates is asked for again after a minute. */
const TTL_MS = 60_000;
/** A tenth of an isolate's memory, and a few thousand callers' most recent reads. */
const answers = createLru<Kept>({ maxEntries: 5_000, maxBytes: 12 * 1024 * 1024 });
/** Larger answers are rare and would push out hundreds of small ones. */
const MAX_BYTES = 128 * 1024;

const nameOf = ({ userId, scopes, url, language, version }: CacheKey): string =>
  `${userId}\n${version}\n${scopes === null ? "session" : scopes.join(" ")}\n${language}\n${url}`;

const answerOf = ({ contentType, body }: Kept, state: "hit" | "fwd=miss"): Answered => ({
  status: 200,
  headers: { "content-type": contentType, "cache-status": `luna; ${state}` },
  body,
});

/** The kept answer, or `null`. */
export const fromEdge = (key: CacheKey, now: number): Answered | null => {
  const kept = answers.get(nameOf(key), now);
  return kept === undefined ? null : answerOf(kept, "hit");
};

/**
 * Keeps a good answer that was read under `key.version`. That version was named before the service
 * was asked, so an answer older than a later write can only lie under a name nobody asks for again.
 */
export const keepAtEdge = (
  key: CacheKey,
  { headers, body }: Answered,
  validUntil: number | null,
  now: number,
): Answered => {
  const kept: Kept = {
    contentType: headers["content-type"] ?? "application/json",
    body: body ?? "",
  };
  const until = Math.min(now + TTL_MS, validUntil ?? Number.POSITIVE_INFINITY);
  const name = nameOf(key);
  // Two bytes a character, the caller's own URL and languages among them, and some for bookkeeping.
  const bytes = (kept.body.length + name.length) * 2 + 512;
  if (bytes <= MAX_BYTES) answers.set(name, kept, { bytes, until });
  return answerOf(kept, "fwd=miss");
};
