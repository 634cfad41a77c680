import { relayDue } from "@luna/shared/outbox/outbox";

import { applyDue } from "./apply-event.ts";
import type { Billing } from "./billing.ts";

/** Finishes what was acknowledged: first the inbox, because it fills the outbox. */
export const sweep = async (
  billing: Billing,
): Promise<{ applied: number; delivered: number; waiting: boolean }> => {
  const inbox = await applyDue(billing);
  const outbox = await relayDue(billing.relay);
  return {
    applied: inbox.applied,
    delivered: outbox.delivered,
    waiting: inbox.waiting || outbox.waiting,
  };
};
