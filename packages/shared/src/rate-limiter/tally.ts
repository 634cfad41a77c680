import type { Counter } from "./counter.ts";
import { createCounter } from "./create-counter.ts";
import type { Charge } from "./limiter.ts";
import { Pace } from "./pace.ts";
import type { Policy } from "./policy.ts";

/** One policy's counter, with the units that are durable but not used yet. */
export class Tally implements Charge {
  policy: Policy;
  counter: Counter;
  reserved = 0;
  lastHit = -Infinity;
  readonly pace = new Pace();

  constructor({ policy, counter }: Charge) {
    this.policy = policy;
    this.counter = counter;
  }

  /** What was spent stays spent, whatever the plan is now. */
  configure(policy: Policy, now: number): void {
    if (policy === this.policy) return;
    if (policy.kind === this.policy.kind) {
      this.counter.configure(policy);
    } else {
      const used = this.counter.used(now);
      this.counter = createCounter(policy);
      if (used > 0) this.counter.add(used, now);
    }
    this.policy = policy;
  }
}
