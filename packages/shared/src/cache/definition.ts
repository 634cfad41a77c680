import type { GenericSchema } from "valibot";

import { MAX_ENTRY_LIFE_MS } from "../tag-index/d1-tag-index.ts";
import type { Tag } from "../tag-index/tags.ts";

/** What tells one entry of a definition from another. Personal data goes in as an id, or not at all. */
export type CacheArgument = string | number | boolean | null;

/** One kind of value that is worth keeping: large, or the same for many. */
export interface CacheDefinition<Args extends readonly CacheArgument[], T> {
  /** Unique wherever the KV namespace is shared: `users.team-directory`. */
  name: string;
  /** Raised whenever the shape of the value changes, so that releases do not read each other's. */
  schemaVersion: number;
  /** Shape of the value: JSON, without transforms. What does not fit is not served from the cache. */
  schema: GenericSchema<T>;
  /** Milliseconds an entry is served without asking the origin. */
  ttlMs: number;
  /**
   * Milliseconds after those in which an entry is still served if the origin fails; 0 for never. Old,
   * never outdated: an entry whose tags were invalidated is out of reach.
   */
  staleIfErrorMs: number;
  /** Everything whose change must show at the next read. None: only time ends an entry. */
  tags: (...args: Args) => readonly Tag[];
}

/** @throws {RangeError} if an entry would outlive the versions it depends on */
export const defineCache = <Args extends readonly CacheArgument[], T>(
  definition: CacheDefinition<Args, T>,
): CacheDefinition<Args, T> => {
  const { name, ttlMs, staleIfErrorMs } = definition;
  if (!(ttlMs > 0 && staleIfErrorMs >= 0 && ttlMs + staleIfErrorMs <= MAX_ENTRY_LIFE_MS))
    throw new RangeError(`${name}: an entry lives between 1 ms and ${MAX_ENTRY_LIFE_MS} ms`);
  return definition;
};
