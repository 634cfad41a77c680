import { Sweeper, type Swept } from "@luna/shared/outbox/sweeper";
import { newTrace } from "@luna/shared/trace";

import { deliverDue } from "./deliver-due.ts";
import { deliveryOf } from "./delivery.ts";
import type { Env } from "./env.ts";
import { service } from "./service.ts";

/** The alarm that delivers what no queue message reminded us of. */
export class MailerSweeper extends Sweeper<Env> {
  protected async sweep(): Promise<Swept> {
    const parts = service.open(this.env, this.ctx, newTrace());
    // Misconfigured: the ledger keeps the mails, the alarm keeps looking.
    if (parts === null) return { waiting: true };
    const delivery = deliveryOf(parts);
    try {
      await deliverDue(delivery);
      const next = await delivery.ledger.nextDue();
      return next === null ? { waiting: false } : { waiting: true, nextAt: next };
    } catch (error) {
      parts.log.error("sweep failed", { error });
      return { waiting: true };
    }
  }
}
