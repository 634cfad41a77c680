/** The provider's documented limit per API key. */
const CALLS_PER_MINUTE = 300;
const MINUTE_MS = 60_000;

export interface CallCounter {
  /** Counts a call; `waitS` is above 0 when it was one too many. */
  count(): { limit: number; remaining: number; waitS: number };
  setLimit(callsPerMinute: number): void;
  /** All calls so far, and the most there were within any sixty seconds. */
  told(): { calls: number; busiestMinute: number };
}

/** Counts in fixed windows of a minute, like the provider. */
export const callCounter = (clock: () => number): CallCounter => {
  let limit = CALLS_PER_MINUTE;
  let windowStart = 0;
  let used = 0;
  let calls = 0;
  let busiestMinute = 0;
  const recent: number[] = [];

  const remember = (now: number): void => {
    calls += 1;
    recent.push(now);
    while ((recent[0] ?? now) <= now - MINUTE_MS) recent.shift();
    busiestMinute = Math.max(busiestMinute, recent.length);
  };
  return {
    count: () => {
      const now = clock();
      remember(now);
      if (now - windowStart >= MINUTE_MS) {
        windowStart = now;
        used = 0;
      }
      used += 1;
      const over = used > limit;
      const waitS = over ? Math.max(1, Math.ceil((windowStart + MINUTE_MS - now) / 1_000)) : 0;
      return { limit, remaining: Math.max(0, limit - used), waitS };
    },
    setLimit: (callsPerMinute) => {
      limit = callsPerMinute;
    },
    told: () => ({ calls, busiestMinute }),
  };
};
