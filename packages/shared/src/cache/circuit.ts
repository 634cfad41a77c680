import {
  BrokenCircuitError,
  circuitBreaker,
  CircuitState,
  ConsecutiveBreaker,
  handleAll,
} from "cockatiel";

/** DESIGN §4: so many failures in a row, counted per attempt, open the circuit. */
export const FAILURES_TO_OPEN = 5;

/**
 * How long an open circuit rejects before one call may probe, and how long a probe may take before
 * it counts as lost. One figure for both makes it one probe per 30 s whatever happens to the probes.
 */
export const BREAK_MS = 30_000;

export type BreakerState = "closed" | "open" | "half_open";

/** Stands between an isolate and a store that may be down. One per store and isolate. */
export interface Circuit {
  /**
   * Runs `work`, which must end within its own timeout.
   * @throws {BrokenCircuitError} at once and without calling `work`, while the circuit is not closed
   */
  call<T>(work: () => Promise<T>): Promise<T>;
  /** Closes the circuit and forgets the failures. Calls under way no longer count. */
  reset(): void;
  readonly state: BreakerState;
  /** Failures in a row. */
  readonly failures: number;
}

const NAMES = {
  [CircuitState.Closed]: "closed",
  [CircuitState.Open]: "open",
  [CircuitState.HalfOpen]: "half_open",
  // Never entered: nobody calls isolate().
  [CircuitState.Isolated]: "open",
} as const;

/**
 * cockatiel's breaker, made safe for workerd, where a request that ends early leaves its promises
 * pending for ever. cockatiel lets everybody wait for the probe; here they are rejected at once. And
 * a probe that never settled would leave it half open until the isolate dies; here it is replaced.
 *
 * @param clock must agree with `Date.now`, which cockatiel reads itself
 */
export const createCircuit = (clock: () => number): Circuit => {
  let probedAt = 0;
  let breaker = new ConsecutiveBreaker(FAILURES_TO_OPEN);
  const create = (initialState?: unknown) => {
    breaker = new ConsecutiveBreaker(FAILURES_TO_OPEN);
    const policy = circuitBreaker(handleAll, { breaker, halfOpenAfter: BREAK_MS, initialState });
    policy.onHalfOpen(() => {
      probedAt = clock();
    });
    return policy;
  };
  let policy = create();
  return {
    call: async (work) => {
      if (policy.state === CircuitState.HalfOpen) {
        if (clock() - probedAt < BREAK_MS) throw new BrokenCircuitError();
        // Serialised, half open is "open, and due for a probe".
        policy = create(policy.toJSON());
      }
      return policy.execute(work);
    },
    reset: () => {
      policy = create();
    },
    get state() {
      return NAMES[policy.state];
    },
    get failures() {
      return breaker.state;
    },
  };
};
