import type { Swept } from "@luna/shared/outbox/sweeper";
import { relayDue } from "@luna/shared/outbox/outbox";

import { applyDue, applyRefetched } from "./apply-event.ts";
import type { Billing } from "./billing.ts";
import { refetchStore } from "./refetch-store.ts";

/** Finishes what was acknowledged: first the inbox, because it fills the outbox. */
export const sweep = async (
  billing: Billing,
): Promise<Swept & { applied: number; delivered: number }> => {
  const inbox = await applyDue(billing);
  await applyRefetched(billing);
  const outbox = await relayDue(billing.relay);
  const questionAt = await refetchStore(billing.db).nextAt();
  const soon = inbox.waiting || outbox.waiting;
  return {
    applied: inbox.applied,
    delivered: outbox.delivered,
    waiting: soon || questionAt !== null,
    // A question waits as long as its own patience says; everything else is looked at soon.
    ...(soon || questionAt === null ? {} : { nextAt: questionAt }),
  };
};
