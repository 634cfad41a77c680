import type { TagIndex } from "../tag-index/tag-index.ts";
import { cacheKey } from "./cache-key.ts";
import type { CacheArgument, CacheDefinition } from "./definition.ts";
import { decode, encode } from "./entry-value.ts";
import { seal, unseal } from "./envelope.ts";
import type { CacheIsolate, Kept } from "./isolate.ts";
import { createKvLayer, type Kv } from "./kv-layer.ts";
import type { WaitUntil } from "./single-flight.ts";

/** What one request brings along. */
export interface CacheRequest {
  kv: Kv;
  /** `null` where no definition has tags. */
  tags: TagIndex | null;
  waitUntil: WaitUntil;
}

export interface Cache {
  /**
   * What `load` would answer: from the isolate's memory, else from KV, else from `load`. A fault of
   * the cache changes only how long that takes. What is answered is frozen.
   *
   * @throws only what `load` throws, and not even that while an entry may be served stale
   */
  read<Args extends readonly CacheArgument[], T>(
    definition: CacheDefinition<Args, T>,
    args: Args,
    load: () => Promise<T>,
  ): Promise<T>;
}

type AnyDefinition<T> = Pick<
  CacheDefinition<never, T>,
  "schema" | "schemaVersion" | "ttlMs" | "staleIfErrorMs"
>;

/** For what is large or shared; a user's own reads are kept by the gateway under the Subject's version. */
export const createCache = (isolate: CacheIsolate, request: CacheRequest): Cache => {
  const { clock, memory, metrics, flights } = isolate;
  const { waitUntil } = request;
  const kv = createKvLayer(request.kv, isolate);

  const remember = (key: string, kept: Kept, text: string) =>
    memory.set(key, kept, { bytes: text.length, until: kept.usableUntil });

  /** What KV has under the key, and the deletion of it if that is damaged. */
  const fromKv = async <T>(key: string, definition: AnyDefinition<T>) => {
    const bytes = await kv.get(key);
    if (bytes === "unavailable") metrics.count("fallbacks");
    if (bytes === "unavailable" || bytes === null) return { kept: null, cleared: null };
    const envelope = await unseal(key, bytes);
    const decoded = envelope === null ? null : decode(definition, envelope.body);
    if (envelope === null || decoded === null) {
      metrics.count("corrupt");
      const cleared = kv.delete(key);
      waitUntil(cleared);
      return { kept: null, cleared };
    }
    // A clock ahead of ours, or a life shortened by a release, must not make it live longer.
    const storedAt = Math.min(envelope.storedAt, clock());
    const freshUntil = storedAt + Math.min(envelope.ttl, definition.ttlMs);
    const usableUntil = freshUntil + definition.staleIfErrorMs;
    const kept: Kept = { value: decoded.value, freshUntil, usableUntil };
    if (clock() < usableUntil) remember(key, kept, envelope.body);
    return { kept, cleared: null };
  };

  const store = async (
    key: string,
    { schemaVersion, ttlMs: ttl, staleIfErrorMs }: AnyDefinition<unknown>,
    { storedAt, body }: { storedAt: number; body: string },
    cleared: Promise<void> | null,
  ) => {
    const bytes = await seal(key, { schemaVersion, storedAt, ttl, body });
    // The other way round the deletion of what was damaged would take what was mended.
    await cleared;
    if (bytes !== null) await kv.put(key, bytes, ttl + staleIfErrorMs);
  };

  const fill = async <T>(
    key: string,
    definition: AnyDefinition<T>,
    load: () => Promise<T>,
    remembered: Kept | undefined,
  ): Promise<unknown> => {
    const { kept, cleared } = await fromKv(key, definition);
    if (kept !== null && clock() < kept.freshUntil) {
      metrics.count("hits");
      return kept.value;
    }
    // The age of a value is that of the moment before it was read.
    const storedAt = clock();
    let loaded: T;
    try {
      metrics.count("misses");
      loaded = await load();
    } catch (error) {
      const stale = kept ?? remembered;
      if (stale === undefined || clock() >= stale.usableUntil) throw error;
      metrics.count("fallbacks");
      return stale.value;
    }
    const body = encode(loaded);
    const decoded = body === null ? null : decode(definition, body);
    if (body === null || decoded === null) {
      metrics.count("errors");
      return loaded;
    }
    const freshUntil = storedAt + definition.ttlMs;
    const usableUntil = freshUntil + definition.staleIfErrorMs;
    remember(key, { value: decoded.value, freshUntil, usableUntil }, body);
    waitUntil(store(key, definition, { storedAt, body }, cleared));
    return decoded.value;
  };

  return {
    read: async <Args extends readonly CacheArgument[], T>(
      definition: CacheDefinition<Args, T>,
      args: Args,
      load: () => Promise<T>,
    ): Promise<T> => {
      let key: string;
      try {
        key = await cacheKey(definition as CacheDefinition<Args, never>, args, request.tags);
      } catch {
        metrics.count("errors");
        metrics.count("fallbacks");
        metrics.count("misses");
        return load();
      }
      const kept = memory.get(key, clock());
      if (kept !== undefined && clock() < kept.freshUntil) {
        metrics.count("hits");
        return kept.value as T;
      }
      const shared = await flights.share(key, () => fill(key, definition, load, kept), waitUntil);
      if (!shared.led) metrics.count("hits");
      return shared.value as T;
    },
  };
};
