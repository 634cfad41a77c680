import { createCache } from "@luna/shared/cache/cache";
import { defineCache } from "@luna/shared/cache/definition";
import { createCacheIsolate, type CacheIsolate } from "@luna/shared/cache/isolate";
import { CACHE_STATS } from "@luna/shared/cache/stats-report";
import { createStatsReporter, type StatsReporter } from "@luna/shared/cache/stats-reporter";
import { arrivalOf, type Arrival } from "@luna/shared/http/arrival";
import { Failure } from "@luna/shared/http/problem";
import type { Caller } from "@luna/shared/rpc/caller";
import type { Answered } from "@luna/shared/rpc/exchange";
import * as v from "valibot";

import type { Env } from "./env.ts";
import type { MappedRoute } from "./route-map.generated.ts";

/** Answers that are the same for everybody, such as the plans. */
const publicAnswer = defineCache({
  name: "gateway.public-answer",
  schemaVersion: 2,
  schema: v.strictObject({ contentType: v.string(), body: v.string() }),
  ttlMs: 60_000,
  // A price list of ten minutes ago is better than none while billing is down.
  staleIfErrorMs: 600_000,
  tags: (_version: string, _path: string) => [],
});

/** Made by the first request: a Worker has neither clock nor randomness before that. */
let isolate: (CacheIsolate & { reporter: StatsReporter }) | undefined;

const theIsolate = (): CacheIsolate & { reporter: StatsReporter } => {
  if (isolate !== undefined) return isolate;
  const made = createCacheIsolate({ clock: Date.now, random: Math.random });
  isolate = { ...made, reporter: createStatsReporter(made, crypto.randomUUID()) };
  return isolate;
};

/** Counts a read that the edge could or could not answer, beside those of the shared cache. */
export const countRead = (hit: boolean): void =>
  theIsolate().metrics.count(hit ? "hits" : "misses");

type WaitUntil = (work: Promise<unknown>) => void;

/** Tells the one stats object of this isolate, at most every ten seconds, in the background. */
export const reportCache = (env: Env, waitUntil: WaitUntil): void =>
  theIsolate().reporter.served(
    { post: (post) => env.CACHE_STATS.getByName(CACHE_STATS).post(post) },
    waitUntil,
  );

/** Carries an answer that must not be kept out of the cache's load. */
class Unkept {
  readonly answer: Answered | Failure;
  constructor(answer: Answered | Failure) {
    this.answer = answer;
  }
}

/**
 * Asks as nobody in particular and by the route's own path, without query, language or address. What
 * is kept for everybody then depends on nothing that its key does not name, and nobody can fill KV
 * with spellings of one question.
 */
const NOBODY: Caller = {
  kind: "anonymous",
  client: { address: "", region: null, userAgent: "", language: "en" },
};

/** A public answer that is the same for everybody, from memory or KV where known; only a 200 is kept. */
export const cachedPublicAnswer = async (
  { url }: Arrival,
  { path }: Pick<MappedRoute, "path">,
  env: Pick<Env, "CACHE" | "VERSION">,
  waitUntil: WaitUntil,
  ask: (arrival: Arrival, caller: Caller) => Promise<Answered | Failure>,
): Promise<Answered | Failure> => {
  const cache = createCache(theIsolate(), { kv: env.CACHE, tags: null, waitUntil });
  const load = async () => {
    const answer = await ask(arrivalOf(new Request(new URL(path, url))), NOBODY);
    if (answer instanceof Failure || answer.status !== 200) throw new Unkept(answer);
    const contentType = answer.headers["content-type"] ?? "application/json";
    return { contentType, body: answer.body ?? "" };
  };
  try {
    const { contentType, body } = await cache.read(publicAnswer, [env.VERSION.id, path], load);
    return { status: 200, headers: { "content-type": contentType }, body };
  } catch (error) {
    if (error instanceof Unkept) return error.answer;
    throw error;
  }
};
