import { DurableObject } from "cloudflare:workers";

import type { Env } from "./env.ts";
import {
  heed,
  letGo,
  UNUSED,
  type Feedback,
  type Pace,
  type Quota,
  type QuotaState,
} from "./lemonsqueezy/quota.ts";

/** One for the whole service, so that all its isolates together keep the provider's limit. */
export class ApiQuota extends DurableObject<Env> implements Quota {
  #state = this.ctx.storage.kv.get<QuotaState>("state") ?? UNUSED;

  take(pace: Pace): Promise<number> {
    const { state, waitMs } = letGo(this.#state, pace, Date.now());
    if (waitMs === 0) this.#become(state);
    return Promise.resolve(waitMs);
  }

  heed(feedback: Feedback): Promise<void> {
    this.#become(heed(this.#state, feedback));
    return Promise.resolve();
  }

  #become(state: QuotaState): void {
    this.ctx.storage.kv.put("state", state);
    this.#state = state;
  }
}
