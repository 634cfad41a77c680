import type { BreakerState } from "./circuit.ts";
import type { CacheCounts } from "./metrics.ts";

/** The name of the one object that all isolates report to. */
export const CACHE_STATS = "cache-stats";

/** What one isolate says of itself. Totals, not deltas: a post that arrives twice counts once. */
export interface IsolatePost extends CacheCounts {
  /** Random, drawn by the isolate when it began. */
  isolate: string;
  /** The last reset this isolate has carried out. */
  generation: number;
  state: BreakerState;
  /** Failures in a row. */
  failures: number;
}

/** All isolates together, as `GET /v1/admin/cache/metrics` shows it. */
export interface CacheReport extends CacheCounts {
  /** Share of reads that cost no load, 0 to 1; 0 before the first read. */
  hitRate: number;
  /** The worst among the isolates heard of within the last minute. */
  circuitBreakerState: BreakerState;
  circuitBreakerFailures: number;
}

/** The `CacheStats` object as its callers see it. */
export interface CacheStatsDoor {
  /** Records an isolate's totals and tells it which reset is the newest. */
  post(post: IsolatePost): Promise<{ generation: number }>;
  report(): Promise<CacheReport>;
  /** Every serving isolate closes its circuit at its next post, within 10 s. */
  resetCircuitBreaker(): Promise<void>;
}
