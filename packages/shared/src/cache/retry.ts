import { BrokenCircuitError, handleWhen, IterableBackoff, retry } from "cockatiel";

import { within } from "../deadline.ts";
import type { Circuit } from "./circuit.ts";

/** DESIGN §4: upper ends of the waits before the second, third and fourth attempt, milliseconds. */
export const RETRY_DELAYS_MS = [100, 200, 400] as const;

/** For everything a call may take, waits included, when nobody waits for its answer. */
export const BACKGROUND_BUDGET_MS = 5_000;

/** The same on a request path: a cache slower than its origin is none. */
export const REQUEST_BUDGET_MS = 150;

/** One attempt: four of these and the waits fit into the budget of the background (4.7 s). */
const ATTEMPT_MS = 1_000;

/** What a call with retries draws on. */
export interface RetryMeans {
  circuit: Circuit;
  clock: () => number;
  /** Uniform in [0, 1): full jitter, so that isolates that failed together do not return together. */
  random: () => number;
}

const late = (): never => {
  throw new Error("no answer in time");
};

/**
 * Retry around circuit around timeout. In this order every attempt counts for the circuit, a timeout
 * settles the probe, and a circuit that opens ends the retrying. `work` must be safe to repeat.
 *
 * @throws what the last attempt threw, at most `budgetMs` after the call
 */
export const callWithRetry = async <T>(
  work: () => Promise<T>,
  budgetMs: number,
  { circuit, clock, random }: RetryMeans,
): Promise<T> => {
  const deadline = clock() + budgetMs;
  const delays = RETRY_DELAYS_MS.map((longest) => random() * longest);
  let failed = 0;
  const policy = retry(
    handleWhen((error) => {
      const delay = delays[failed] ?? 0;
      failed += 1;
      // A wait that leaves no time to try again is a wait for nothing.
      return !(error instanceof BrokenCircuitError) && clock() + delay < deadline;
    }),
    { maxAttempts: delays.length, backoff: new IterableBackoff(delays) },
  );
  return policy.execute(() => {
    const attemptMs = Math.min(ATTEMPT_MS, deadline - clock());
    return circuit.call(() => within(attemptMs, work(), late));
  });
};
