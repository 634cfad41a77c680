import type { Swept } from "@luna/shared/outbox/sweeper";
import { relayDue } from "@luna/shared/outbox/outbox";

import { applyDue } from "./apply-event.ts";
import type { Billing } from "./billing.ts";
import { refetchStore } from "./refetch-store.ts";

/**
 * Finishes what was acknowledged: first the inbox, because it fills the outbox, and once more after it,
 * because receivers have four seconds to answer. The provider is asked nothing here, as it may hang:
 * questions are left to the reconciler, whose alarm owes nobody five seconds.
 */
export const sweep = async (
  billing: Billing,
): Promise<Swept & { applied: number; delivered: number }> => {
  const { db, relay, reconciler } = billing;
  const inbox = await applyDue(billing);
  const outbox = await relayDue(relay);
  const meanwhile = await applyDue(billing);
  if ((await refetchStore(db).nextAt()) !== null) await reconciler.arm();
  return {
    applied: inbox.applied + meanwhile.applied,
    delivered: outbox.delivered,
    waiting: meanwhile.waiting || outbox.waiting,
  };
};
