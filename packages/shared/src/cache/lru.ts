interface Kept<V> {
  value: V;
  bytes: number;
  until: number;
  /** Asked for since it was last considered to leave. */
  used: boolean;
}

export interface LruLimits {
  maxEntries: number;
  /** Sum of the `bytes` the caller states per entry. */
  maxBytes: number;
}

/** What an isolate remembers between requests. It may be lost at any time. */
export interface Lru<V> {
  /** The value, which now counts as used; `undefined` if absent or past its deadline. */
  get(key: string, now: number): V | undefined;
  /**
   * Keeps `value` before time `until` (ms), at the cost of those not used lately. A value larger
   * than the whole cache is not kept, and what the key held before is gone too.
   */
  set(key: string, value: V, entry: { bytes: number; until: number }): void;
  delete(key: string): boolean;
  /** Entries held, also those past their deadline that nobody has asked for since. */
  readonly size: number;
  readonly bytes: number;
}

/**
 * When there is no room the oldest entry leaves, but one that was used meanwhile gets a second chance
 * as if it were new: nearly the least recently used leave, and a hit moves nothing (decision 19). Every
 * call is O(1) (`set` amortised) and there are no timers: a `Map` iterates in insertion order.
 */
export const createLru = <V>({ maxEntries, maxBytes }: LruLimits): Lru<V> => {
  const kept = new Map<string, Kept<V>>();
  let bytes = 0;
  const remove = (key: string): boolean => {
    bytes -= kept.get(key)?.bytes ?? 0;
    return kept.delete(key);
  };
  return {
    get: (key, now) => {
      const entry = kept.get(key);
      if (entry === undefined) return undefined;
      if (now >= entry.until) {
        remove(key);
        return undefined;
      }
      entry.used = true;
      return entry.value;
    },
    set: (key, value, entry) => {
      remove(key);
      if (entry.bytes > maxBytes) return;
      for (const [oldest, known] of kept) {
        if (kept.size < maxEntries && bytes + entry.bytes <= maxBytes) break;
        if (known.used) {
          known.used = false;
          kept.delete(oldest);
          kept.set(oldest, known);
        } else remove(oldest);
      }
      kept.set(key, { value, ...entry, used: false });
      bytes += entry.bytes;
    },
    delete: remove,
    get size() {
      return kept.size;
    },
    get bytes() {
      return bytes;
    },
  };
};
