import { DurableObject } from "cloudflare:workers";

import { openStatsBook, RETIRE_AFTER_MS, type StatsBook } from "./stats-book.ts";
import type { CacheReport, CacheStatsDoor, IsolatePost } from "./stats-report.ts";

/**
 * Isolates cannot be enumerated, so they come here: each posts its totals at most every 10 s and
 * learns in the same call whether its circuit was reset. One object; the gateway exports the class.
 */
export class CacheStats<Env> extends DurableObject<Env> implements CacheStatsDoor {
  readonly #book: StatsBook;
  /** Spares a look at the alarm on every post; an object that wakes up looks once. */
  #armed = false;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#book = openStatsBook(ctx.storage.sql);
  }

  async post(post: IsolatePost): Promise<{ generation: number }> {
    const now = Date.now();
    const answer = this.#book.record(post, now);
    await this.#arm(now);
    return answer;
  }

  async report(): Promise<CacheReport> {
    return this.#book.report(Date.now());
  }

  async resetCircuitBreaker(): Promise<void> {
    this.#book.reset(Date.now());
  }

  override async alarm(): Promise<void> {
    const now = Date.now();
    const waiting = this.#book.retire(now);
    this.#armed = false;
    if (waiting) await this.#arm(now);
  }

  async #arm(now: number): Promise<void> {
    if (this.#armed) return;
    this.#armed = true;
    const alarm = await this.ctx.storage.getAlarm();
    if (alarm === null) await this.ctx.storage.setAlarm(now + RETIRE_AFTER_MS);
  }
}
