import type { Job } from "./jobs.ts";

/** What became of a slot. */
export type RunState =
  | "running"
  | "ok"
  | "failed"
  /** Started, and nobody knows how it ended. */
  | "lost"
  | "skipped_overlap"
  | "skipped_catchup"
  | "paused"
  | "missed";

/** How a run ended, and when (ms). */
export interface Outcome {
  state: "ok" | "failed" | "lost";
  error: string | null;
  at: number;
}

/** The right to run, held by one run until it ends or the lease does. Times in ms. */
export interface Lease {
  runId: string;
  slot: number;
  /** Rises with every lease, so that whoever comes back late is known to be late. */
  fence: number;
  from: number;
  until: number;
  /** Known here before the ledger knows it: an outage of D1 does not turn a success into a loss. */
  outcome: Outcome | null;
  /** The ledger knows the outcome, too. */
  settled: boolean;
}

/** All that a job's clock remembers. */
export interface ClockState {
  /** The expression `through` belongs to; another one starts afresh. */
  expression: string;
  /** Every slot up to here is accounted for (ms). */
  through: number;
  paused: boolean;
  /** Runs that failed or were lost since the last good one. */
  failures: number;
  /** The present lease or the last one. */
  lease: Lease | null;
}

/** Beyond the timeout, so that a run which times out can still say so itself. */
const LEASE_MARGIN_MS = 10_000;

export const newClockState = (expression: string, now: number): ClockState => ({
  expression,
  through: now,
  paused: false,
  failures: 0,
  lease: null,
});

/** The lease of a run that starts now. */
export const nextLease = (
  { lease }: ClockState,
  job: Job,
  run: { runId: string; slot: number },
  now: number,
): Lease => ({
  ...run,
  fence: (lease?.fence ?? 0) + 1,
  from: now,
  until: now + job.timeoutMs + LEASE_MARGIN_MS,
  outcome: null,
  settled: false,
});

/** A run that has not told its outcome by the end of its lease died in the middle. */
export const outcomeOf = (lease: Lease, now: number): Outcome | null =>
  lease.outcome ??
  (now < lease.until
    ? null
    : { state: "lost", error: "the run stopped without a word", at: lease.until });

/** When the clock has something to do next: a slot, or a lease that may have to be ended. */
export const nextWake = (state: ClockState, job: Job, now: number): number => {
  const slot = job.schedule.next(state.through);
  const { lease } = state;
  if (lease === null || lease.settled) return Math.max(slot, now);
  // An outcome the ledger has not heard of yet is told at once.
  return lease.outcome === null ? Math.max(Math.min(slot, lease.until), now) : now;
};
