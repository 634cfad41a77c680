import { Sweeper, type Swept } from "@luna/shared/outbox/sweeper";
import { newTrace } from "@luna/shared/trace";

import { deliverDue } from "./deliver-due.ts";
import { LEASE_MS } from "./delivery-store.ts";
import { deliveryOf } from "./delivery.ts";
import type { Env } from "./env.ts";
import { service } from "./service.ts";
import { ledger } from "./store.ts";

/** The alarm that delivers what no queue message reminded us of. */
export class MailerSweeper extends Sweeper<Env> {
  /** Half a lease, so that what a crash left is looked at as soon as its lease is over. */
  protected override readonly sweepEveryMs = LEASE_MS / 2;

  protected async sweep(): Promise<Swept> {
    const parts = service.open(this.env, this.ctx, newTrace());
    // Misconfigured: the ledger keeps the mails, the alarm keeps looking.
    if (parts === null) return { waiting: true };
    // It goes by the ledger's next time, so nothing in a run has to wake it.
    const delivery = { ...deliveryOf(parts), wake: () => Promise.resolve() };
    try {
      const { resumesAt } = await deliverDue(delivery);
      const next = await ledger(parts.db).nextDue();
      return next === null
        ? { waiting: false }
        : { waiting: true, nextAt: Math.max(next, resumesAt ?? next) };
    } catch (error) {
      parts.log.error("sweep failed", { error });
      return { waiting: true };
    }
  }
}
