import type { Counter } from "./counter.ts";
import type { LimitState, Policy } from "./policy.ts";

/** A policy and what was spent under it. */
export interface Charge {
  policy: Policy;
  counter: Counter;
}

export interface Verdict {
  admitted: boolean;
  /** Every policy that was asked, after the charge, in the order given. */
  limits: LimitState[];
  /** Names of the enforced policies that denied; empty when admitted. */
  violated: string[];
  /** Names of the shadow policies that would have denied. */
  shadowed: string[];
  /** The earliest time all violated policies have room again, or `null` when admitted. */
  retryAt: number | null;
}

/**
 * Charges `cost` (a whole number ≥ 1) to every policy or to none. A shadow policy is charged when it
 * has room, as if it were enforced, and never denies.
 */
export const decide = (charges: readonly Charge[], cost: number, now: number): Verdict => {
  if (!Number.isSafeInteger(cost) || cost < 1) throw new RangeError("A cost is a whole number ≥ 1");
  const violated: string[] = [];
  const shadowed: string[] = [];
  let retryAt = now;
  for (const { policy, counter } of charges) {
    if (counter.fits(cost, now)) continue;
    if (policy.shadow === true) {
      shadowed.push(policy.name);
    } else {
      violated.push(policy.name);
      retryAt = Math.max(retryAt, counter.retryAt(cost, now));
    }
  }
  const admitted = violated.length === 0;
  if (admitted)
    for (const { policy, counter } of charges)
      if (policy.shadow !== true || counter.fits(cost, now)) counter.add(cost, now);
  return {
    admitted,
    limits: charges.map((charge) => stateOf(charge, now)),
    violated,
    shadowed,
    retryAt: admitted ? null : retryAt,
  };
};

/** Where the caller stands with one policy, charging nothing. */
export const stateOf = ({ policy, counter }: Charge, now: number): LimitState => {
  const remaining = counter.remaining(now);
  return {
    name: policy.name,
    limit: policy.limit,
    windowMs: policy.windowMs,
    remaining,
    resetMs: remaining >= policy.limit ? 0 : counter.retryAt(remaining + 1, now) - now,
    shadow: policy.shadow === true,
  };
};
