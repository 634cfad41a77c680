import { createCircuit } from "./circuit.ts";
import { createLru, type Lru } from "./lru.ts";
import { createCacheMetrics, type CacheMetrics } from "./metrics.ts";
import type { RetryMeans } from "./retry.ts";
import { createSingleFlight, type SingleFlight } from "./single-flight.ts";

/** An isolate has 128 MB for everything; text grows about fourfold as objects. */
const LIMITS = { maxEntries: 2_000, maxBytes: 8_000_000 };

/** A value in memory and the times (ms) until which it is served, and served if the origin fails. */
export interface Kept {
  value: unknown;
  freshUntil: number;
  usableUntil: number;
}

/** What the requests of one isolate share: results and counts, no promises, nothing that may not be lost. */
export interface CacheIsolate extends RetryMeans {
  memory: Lru<Kept>;
  flights: SingleFlight<unknown>;
  metrics: CacheMetrics;
}

/** One per isolate, made beside its configuration. `clock` and `random` are the door's. */
export const createCacheIsolate = ({
  clock,
  random,
}: {
  clock: () => number;
  random: () => number;
}): CacheIsolate => ({
  clock,
  random,
  circuit: createCircuit(clock),
  memory: createLru(LIMITS),
  flights: createSingleFlight(clock),
  metrics: createCacheMetrics(),
});
