import { Sweeper, type Swept } from "@luna/shared/outbox/sweeper";
import { newTrace } from "@luna/shared/trace";

import { billingOf } from "./billing.ts";
import type { Env } from "./env.ts";
import { service } from "./service.ts";
import { sweep } from "./sweep.ts";

/** Applies and announces what a crash left in the inbox or the outbox, within five seconds. */
export class BillingSweeper extends Sweeper<Env> {
  protected override async sweep(): Promise<Swept> {
    const parts = service.open(this.env, this.ctx, newTrace());
    // A misconfigured service answers 503 and stores nothing, but what it stored before still waits.
    return parts === null ? { waiting: true } : sweep(billingOf(parts, { arm: () => this.arm() }));
  }
}
