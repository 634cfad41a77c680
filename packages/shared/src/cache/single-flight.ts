import { createLru } from "./lru.ts";

/** How long anybody waits for a load that another request began. Then it counts as dead. */
export const FOLLOW_MS = 1_000;

/** Followers look at 1, 3, 7, 15, 31 ms and then every 16 ms: a timer each, never the leader's promise. */
const LONGEST_LOOK_MS = 16;

/** Loads under way that are remembered. Forgetting one costs a second load. */
const MAX_FLIGHTS = 10_000;

interface Flight<T> {
  landed: { value: T } | null;
}

/** The context of one request: what it hands over is finished even if the request ends early. */
export type WaitUntil = (work: Promise<unknown>) => void;

/** At most one load per key at a time, in one isolate. */
export interface SingleFlight<T> {
  /**
   * The value of `load`, or of the same load begun by another request. A leader that fails is
   * followed by the next in line; a leader that hangs delays nobody by more than `FOLLOW_MS`.
   */
  share(key: string, load: () => Promise<T>, waitUntil: WaitUntil): Promise<Shared<T>>;
}

export interface Shared<T> {
  value: T;
  /** Whether this request did the work itself. */
  led: boolean;
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/**
 * Results are shared and promises are not: on workerd the promise of a request that ended early
 * stays pending for ever, and everybody who waits for it with it.
 */
export const createSingleFlight = <T>(clock: () => number): SingleFlight<T> => {
  const flights = createLru<Flight<T>>({ maxEntries: MAX_FLIGHTS, maxBytes: MAX_FLIGHTS });
  const lead = async (key: string, load: () => Promise<T>, waitUntil: WaitUntil) => {
    const flight: Flight<T> = { landed: null };
    flights.set(key, flight, { bytes: 1, until: clock() + FOLLOW_MS });
    const fly = async (): Promise<Shared<T>> => {
      try {
        const value = await load();
        flight.landed = { value };
        return { value, led: true };
      } finally {
        if (flights.get(key, clock()) === flight) flights.delete(key);
      }
    };
    const flown = fly();
    waitUntil(flown.catch(() => null));
    return flown;
  };
  return {
    share: async (key, load, waitUntil) => {
      const until = clock() + FOLLOW_MS;
      for (let look = 1; ; look = Math.min(2 * look, LONGEST_LOOK_MS)) {
        const flight = flights.get(key, clock());
        if (flight === undefined) return lead(key, load, waitUntil);
        if (clock() >= until) return { value: await load(), led: true };
        await pause(look);
        if (flight.landed !== null) return { value: flight.landed.value, led: false };
      }
    },
  };
};
