import { Ledger } from "@luna/shared/rate-limiter/ledger";
import type { Denial } from "@luna/shared/rate-limiter/deny-cache";
import type { Policy } from "@luna/shared/rate-limiter/policy";
import { DurableObject } from "cloudflare:workers";

import type { Env } from "./env.ts";

/** Without attempts for this long there is nothing left worth keeping. */
const FORGET_AFTER_MS = 2 * 60 * 60 * 1_000;

/**
 * Counts the attempts of one address, account or session, exactly and durably: what guards a password
 * must not start afresh because an object was evicted.
 */
export class Throttle extends DurableObject<Env> {
  #ledger = Ledger.restore(this.ctx.storage.kv.get<Uint8Array>("ledger") ?? null, Date.now());

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    if (this.#ledger.damaged) this.#save();
  }

  /** Counts one attempt against all the policies, or against none; `null` lets it pass. */
  async attempt(policies: Policy[]): Promise<Denial | null> {
    const now = Date.now();
    const { admitted, limits, violated, retryAt } = this.#ledger.admit(policies, 1, now);
    if (!admitted) return { limits, violated, retryAt: retryAt ?? now };
    this.#save();
    await this.ctx.storage.setAlarm(now + FORGET_AFTER_MS);
    return null;
  }

  override async alarm(): Promise<void> {
    this.#ledger = Ledger.restore(null, Date.now());
    await this.ctx.storage.deleteAll();
  }

  #save(): void {
    this.ctx.storage.kv.put("ledger", this.#ledger.snapshot());
  }
}
