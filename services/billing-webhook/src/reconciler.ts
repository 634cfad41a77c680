import { Sweeper, type Swept } from "@luna/shared/outbox/sweeper";
import { newTrace } from "@luna/shared/trace";

import { billingOf } from "./billing.ts";
import type { Env } from "./env.ts";
import { advanceReconcile } from "./reconcile.ts";
import { reconcileStore } from "./reconcile-store.ts";
import { service } from "./service.ts";

/** What one alarm takes of the runs: well within the platform's limit for one. */
const BUDGET_MS = 20_000;

/**
 * Takes the steps that are left of comparisons with the provider. An alarm of its own: a provider that
 * is slow to answer must not hold up the sweeper, which owes its five seconds to what was acknowledged.
 */
export class BillingReconciler extends Sweeper<Env> {
  protected override async sweep(): Promise<Swept> {
    const parts = service.open(this.env, this.ctx, newTrace());
    if (parts === null) return { waiting: true };
    await advanceReconcile(billingOf(parts), BUDGET_MS);
    const nextAt = await reconcileStore(parts.db).nextAt();
    return nextAt === null ? { waiting: false } : { waiting: true, nextAt };
  }
}
