import { BUCKETS } from "@luna/shared/rate-limiter/rolling-log";

import type { WindowLimit } from "./exact-log.ts";

/** One moment of a schedule: so many units are asked for at once, at this time of the injected clock. */
export interface Phase {
  /** Milliseconds after the schedule's start. */
  at: number;
  units: number;
  /** The object loses its memory while they are asked for. */
  abort: boolean;
  /** Before it, nobody asks anything for long enough that the object leaves memory. */
  idle: boolean;
}

/** How much more is asked for than could be admitted. */
const PRESSURE = 1.05;
/** Every third burst is a weak one of at least half the units. */
const STRONG_SHARE = 2.5 / 3;
/** Ours, and those of the usual design. */
const BUCKETS_OF_A_WINDOW = [BUCKETS, 60];

/**
 * An adversary against a long window and a burst window. It fills the long window with bursts that
 * begin the moment the short one is over, then comes back around every boundary at which a fixed
 * window, a two-cell counter or a bucket would let more in: just before the first burst leaves the
 * window, as it does, and one bucket later.
 */
export const adversary = (
  long: WindowLimit,
  burst: WindowLimit,
  random: () => number,
  aborts: boolean,
): Phase[] => {
  const units = Math.ceil(Math.min(burst.limit, long.limit) * PRESSURE);
  const bursts = Math.ceil(long.limit / burst.limit / STRONG_SHARE) + 2;
  const first = Math.floor(random() * 1_000);
  const filling = Array.from({ length: bursts }, (_, index) => ({
    at: first + index * burst.windowMs + (index >> 1),
    // So that windows do not fill in step with each other.
    units: index % 3 === 2 ? Math.ceil((units * (1 + random())) / 2) : units,
    abort: aborts && index === Math.floor(bursts / 2),
    idle: index === 1,
  }));
  const buckets = BUCKETS_OF_A_WINDOW.map((count) => long.windowMs / count + 1);
  const returning = [-1, 0, ...buckets].map((offset) => ({
    at: first + long.windowMs + offset,
    units,
    abort: false,
    idle: false,
  }));
  return [...filling, ...returning];
};
