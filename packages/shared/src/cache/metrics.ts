/** Totals since the isolate began. They only grow, so any later reading may replace an earlier one. */
export interface CacheCounts {
  /** Reads that cost no load: from memory, from KV, or from the load of a concurrent request. */
  hits: number;
  /** Reads that went to the origin. */
  misses: number;
  /** Calls to a part of the cache that failed, after their retries. */
  errors: number;
  /** Reads in which one source failed and another answered. */
  fallbacks: number;
  /** Entries found damaged, deleted and loaded anew. */
  corrupt: number;
}

export interface CacheMetrics {
  count(what: keyof CacheCounts): void;
  /** A copy of the totals. */
  totals(): CacheCounts;
}

export const NO_COUNTS: CacheCounts = { hits: 0, misses: 0, errors: 0, fallbacks: 0, corrupt: 0 };

export const createCacheMetrics = (): CacheMetrics => {
  const counts = { ...NO_COUNTS };
  return {
    count: (what) => {
      counts[what] += 1;
    },
    totals: () => ({ ...counts }),
  };
};
