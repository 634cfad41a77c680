import { checkEnv } from "@luna/shared/env";
import { createLogger } from "@luna/shared/logger/logger";
import type { Tier } from "@luna/shared/plans";
import type { SubjectForGateway } from "@luna/shared/rpc/subject";
import { answerText, askOf, type AnswerText, type AskText } from "@luna/shared/rpc/subject-text";
import type { SubjectPush } from "@luna/shared/rpc/users";
import { DurableObject } from "cloudflare:workers";

import { Config, type Env } from "./env.ts";
import { flushUsage } from "./flush-usage.ts";
import type { Plan } from "./subject-facts.ts";
import { SubjectState } from "./subject-state.ts";

/** Usage reaches the database this often while there is any. */
const FLUSH_EVERY_MS = 60 * 60 * 1_000;
/** A due flush reaches a database within a minute of its recovery; half of that, for a slow one. */
const FLUSH_RETRY_MS = 30_000;

/** A misconfigured object answers nothing, and the gateway's degraded mode decides. */
const scaleOf = (env: Env): number => {
  const checked = checkEnv(env, Config);
  if (checked.ok) return checked.value.RATE_LIMIT_SCALE;
  const [first] = checked.problems;
  throw new Error(`users is misconfigured: ${first?.variable} ${first?.problem}`);
};

/**
 * One per user: the only place that decides who, how often, which plan and which version, in one
 * call. A durable projection of what auth and users know; losing it loses nothing but counters.
 */
export class Subject extends DurableObject<Env> implements SubjectForGateway {
  readonly #state = new SubjectState(this.ctx.storage.kv, scaleOf(this.env), Date.now());
  #closing = false;
  /** Whether a flush is coming; an object that has just woken up does not know. */
  #armed: boolean | undefined;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    const { ledger, userId } = this.#state;
    // Its usage since the last flush is gone, too: somebody should know.
    if (ledger.damaged) this.#logger().error("counters damaged, all count as spent", { userId });
  }

  admit(ask: AskText): Promise<AnswerText> {
    const now = Date.now();
    const { answer, closeAt } = this.#state.admit(askOf(ask), now);
    if (closeAt !== null) this.#closeAt(closeAt, now);
    if (answer.admitted) this.#armFlush(now);
    return Promise.resolve(answerText(answer));
  }

  /** Announces a write by somebody else than the user; `settle` follows it. */
  mark(mark: string): Promise<void> {
    return Promise.resolve(this.#state.mark(mark, Date.now()));
  }

  settle(marks: readonly string[], plan: Plan | null = null): Promise<void> {
    return Promise.resolve(this.#state.settle(marks, plan));
  }

  /** Makes the user known here, or tells its plan again. Only users calls this. */
  create(userId: string, plan: Plan): Promise<void> {
    return Promise.resolve(this.#state.create(userId, plan));
  }

  /** Facts from auth. A lower (epoch, seq) than is known changes nothing. */
  push(pushes: SubjectPush[]): Promise<void> {
    return Promise.resolve(this.#state.push(pushes, Date.now()));
  }

  usage(): Promise<{ period: string; requests: number; tier: Tier }> {
    return Promise.resolve(this.#state.usage(Date.now()));
  }

  /** Brings the totals to the database and comes again while there is something to bring. */
  override async alarm(): Promise<void> {
    const { userId, ledger } = this.#state;
    // Nobody else arms meanwhile: a request must not put off what is to be tried again soon.
    this.#armed = true;
    let stored = false;
    try {
      stored = await flushUsage(this.env.DB, userId, ledger, Date.now());
      if (stored) this.#state.saveLedger();
    } catch (error) {
      // Never left to the runtime's own retries: there are only six.
      this.#logger().warn("usage not flushed", { userId, error });
    } finally {
      const now = Date.now();
      this.#armed = ledger.unflushed(now).length > 0;
      if (this.#armed)
        await this.ctx.storage.setAlarm(now + (stored ? FLUSH_EVERY_MS : FLUSH_RETRY_MS));
    }
  }

  #logger() {
    return createLogger({ service: "users", version: this.env.VERSION.id });
  }

  /** One timer at a time, and none while nothing is reserved: a timer keeps an object from sleeping. */
  #closeAt(time: number, now: number): void {
    if (this.#closing) return;
    this.#closing = true;
    setTimeout(() => {
      this.#closing = false;
      const closing = Date.now();
      const closeAt = this.#state.close(closing);
      if (closeAt !== null) this.#closeAt(closeAt, closing);
    }, time - now);
  }

  /** Arms the alarm once per flush; an object that has woken up looks whether it is armed. */
  #armFlush(now: number): void {
    if (this.#armed === true) return;
    const known = this.#armed;
    this.#armed = true;
    const { storage } = this.ctx;
    const arm = async (): Promise<void> => {
      if (known === undefined && (await storage.getAlarm()) !== null) return;
      await storage.setAlarm(now + FLUSH_EVERY_MS);
    };
    // A write that fails takes the object with it, and the next one looks again.
    void arm();
  }
}
