import { Sweeper, type Swept } from "@luna/shared/outbox/sweeper";
import { newTrace } from "@luna/shared/trace";

import { applyRefetched } from "./apply-event.ts";
import { billingOf } from "./billing.ts";
import type { Env } from "./env.ts";
import { advanceReconcile } from "./reconcile.ts";
import { reconcileStore } from "./reconcile-store.ts";
import { refetchStore } from "./refetch-store.ts";
import { service } from "./service.ts";

/** What one alarm takes of the runs: well within the platform's limit for one. */
const BUDGET_MS = 20_000;

/** The earlier of two times; `null` is never. */
const earlier = (a: number | null, b: number | null): number | null =>
  a === null || b === null ? (a ?? b) : Math.min(a, b);

/**
 * Asks the provider: about events that contradict each other, and what is left of comparisons. An alarm
 * of its own: a provider that is slow to answer must not hold up the sweeper, which owes its five
 * seconds to what was acknowledged.
 */
export class BillingReconciler extends Sweeper<Env> {
  protected override async sweep(): Promise<Swept> {
    const parts = service.open(this.env, this.ctx, newTrace());
    if (parts === null) return { waiting: true };
    const billing = billingOf(parts);
    // Whoever waits for access comes before a walk that takes minutes.
    await applyRefetched(billing);
    await advanceReconcile(billing, BUDGET_MS);
    const nextAt = earlier(
      await refetchStore(parts.db).nextAt(),
      await reconcileStore(parts.db).nextAt(),
    );
    return nextAt === null ? { waiting: false } : { waiting: true, nextAt };
  }
}
