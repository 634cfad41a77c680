interface Kept<V> {
  value: V;
  bytes: number;
  until: number;
}

export interface LruLimits {
  maxEntries: number;
  /** Sum of the `bytes` the caller states per entry. */
  maxBytes: number;
}

/** What an isolate remembers between requests. It may be lost at any time. */
export interface Lru<V> {
  /** The value, which is now the most recently used; `undefined` if absent or past its deadline. */
  get(key: string, now: number): V | undefined;
  /**
   * Keeps `value` before time `until` (ms), at the cost of those least recently used. A value larger
   * than the whole cache is not kept, and what the key held before is gone too.
   */
  set(key: string, value: V, entry: { bytes: number; until: number }): void;
  delete(key: string): boolean;
  /** Entries held, also those past their deadline that nobody has asked for since. */
  readonly size: number;
  readonly bytes: number;
}

/**
 * The least recently used entries leave when either limit is passed. Every call is O(1) (`set`
 * amortised) and there are no timers: a `Map` iterates in insertion order, so its head is the oldest.
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
      kept.delete(key);
      kept.set(key, entry);
      return entry.value;
    },
    set: (key, value, entry) => {
      remove(key);
      if (entry.bytes > maxBytes) return;
      kept.set(key, { value, ...entry });
      bytes += entry.bytes;
      for (const oldest of kept.keys()) {
        if (kept.size <= maxEntries && bytes <= maxBytes) break;
        remove(oldest);
      }
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
