import type { Swept } from "@luna/shared/outbox/sweeper";
import { relayDue } from "@luna/shared/outbox/outbox";

import { applyDue, applyRefetched } from "./apply-event.ts";
import type { Billing } from "./billing.ts";
import { advanceReconcile } from "./reconcile.ts";
import { reconcileStore } from "./reconcile-store.ts";
import { refetchStore } from "./refetch-store.ts";

/** What comparing with the provider may take of one sweep. */
const RECONCILE_BUDGET_MS = 10_000;

/** Finishes what was acknowledged: first the inbox, because it fills the outbox. */
export const sweep = async (
  billing: Billing,
): Promise<Swept & { applied: number; delivered: number }> => {
  const inbox = await applyDue(billing);
  await applyRefetched(billing);
  await advanceReconcile(billing, RECONCILE_BUDGET_MS);
  const outbox = await relayDue(billing.relay);
  const questions = await Promise.all([
    refetchStore(billing.db).nextAt(),
    reconcileStore(billing.db).nextAt(),
  ]);
  const asked = questions.filter((at) => at !== null);
  const soon = inbox.waiting || outbox.waiting;
  return {
    applied: inbox.applied,
    delivered: outbox.delivered,
    waiting: soon || asked.length > 0,
    // A question waits as long as its own patience says; everything else is looked at soon.
    ...(soon || asked.length === 0 ? {} : { nextAt: Math.min(...asked) }),
  };
};
