import { err, ok } from "@luna/shared/rpc/result";
import { newTrace } from "@luna/shared/trace";
import { DurableObject } from "cloudflare:workers";

import { nextWake, type ClockState, type Lease } from "./clock-state.ts";
import { createClock } from "./clock.ts";
import type { ClockStatus, WakingClock } from "./context.ts";
import type { Env } from "./env.ts";
import { jobNamed, type Job } from "./jobs.ts";
import { runSteps } from "./run-steps.ts";
import { runTask } from "./run-task.ts";
import { service } from "./service.ts";
import { createStore, type Command } from "./store.ts";

/** After a turn that could not reach D1. */
const RETRY_MS = 5_000;
/** A new deploy brings new configuration, and that takes minutes. */
const MISCONFIGURED_MS = 60_000;
/** Catch-up of a long sleep goes on in the next alarm: one alarm may last 15 minutes. */
const MAX_TURNS = 300;

/**
 * The clock and the lock of one job, named after it. Its own alarm and the minute tick both wake
 * it; either alone is enough, because a turn decides whatever is due and decides it once.
 */
export class JobClock extends DurableObject<Env> implements WakingClock {
  /** `null` when the job is unknown to this version, or the service is misconfigured. */
  #open(runId?: string) {
    const job = jobNamed(this.ctx.id.name);
    const parts = service.open(this.env, this.ctx, newTrace(runId));
    if (job === undefined || parts === null) return null;
    const store = createStore(parts.db);
    const { kv } = this.ctx.storage;
    const memory = {
      read: () => kv.get<ClockState>("clock"),
      write: (state: ClockState) => kv.put("clock", state),
    };
    return { ...parts, job, store, rules: createClock({ job, memory, store, log: parts.log }) };
  }

  /** One turn at a time. A throw inside would reset the object, so it is carried out first. */
  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = await this.ctx.blockConcurrencyWhile(() =>
      work().then(
        (value) => ({ ok: true as const, value }),
        (error: unknown) => ({ ok: false as const, error }),
      ),
    );
    if (!done.ok) throw done.error;
    return done.value;
  }

  async #arm(job: Job, state: ClockState, notBefore: number): Promise<void> {
    await this.ctx.storage.setAlarm(Math.max(nextWake(state, job, notBefore), notBefore));
  }

  /** The run itself: outside of any turn, so that the clock keeps answering. */
  async #execute(lease: Lease): Promise<void> {
    const open = this.#open(lease.runId);
    if (open === null) return;
    const { env, job, store, clock, log } = open;
    const runners = {
      auth: env.AUTH,
      users: env.USERS,
      "billing-webhook": env.BILLING,
      mailer: env.MAILER,
      scheduler: { run: (task: "sweep" | "cleanup" | "optimize") => runTask(task, store, clock()) },
    };
    const { reports, error } = await runSteps(job, runners, open.trace);
    const at = clock();
    log.info("job ran", { job: job.name, ms: at - lease.from, reports, failure: error });
    const state = error === null ? ("ok" as const) : ("failed" as const);
    await this.#inTurn(() => open.rules.finish(lease, { state, error, at }));
  }

  /** A manual run, and then whatever came due during it. */
  async #runToEnd(lease: Lease): Promise<void> {
    try {
      await this.#execute(lease);
    } finally {
      await this.due(Date.now());
    }
  }

  /** Never throws, and re-arms the alarm whatever happens. */
  async due(now: number): Promise<void> {
    const open = this.#open();
    if (open === null) {
      if (jobNamed(this.ctx.id.name) !== undefined)
        await this.ctx.storage.setAlarm(now + MISCONFIGURED_MS);
      return;
    }
    const { rules, job, clock, log } = open;
    let notBefore = now;
    try {
      for (let turns = 0; turns < MAX_TURNS; turns += 1) {
        const time = Math.max(now, clock());
        const { lease, more } = await this.#inTurn(() => rules.turn(time));
        // Armed before the run: if the process dies in it, the lease is still looked after.
        await this.#arm(job, rules.state(time), time);
        if (lease !== null) await this.#execute(lease);
        else if (!more) return;
      }
    } catch (error) {
      log.error("clock turn failed", { job: job.name, error });
      notBefore += RETRY_MS;
    } finally {
      notBefore = Math.max(notBefore, clock());
      await this.#arm(job, rules.state(notBefore), notBefore);
    }
  }

  override async alarm(): Promise<void> {
    await this.due(Date.now());
  }

  async arm(now: number): Promise<void> {
    const open = this.#open();
    if (open === null || (await this.ctx.storage.getAlarm()) !== null) return;
    await this.#arm(open.job, open.rules.begin(now), now);
  }

  async status(now: number): Promise<ClockStatus> {
    const open = this.#open();
    const state = open?.rules.state(now);
    return {
      next: open === null ? now : open.job.schedule.next(now),
      paused: state?.paused ?? false,
      failures: state?.failures ?? 0,
    };
  }

  async runNow(now: number, command: Command): ReturnType<WakingClock["runNow"]> {
    const open = this.#open();
    if (open === null) return err("unavailable" as const);
    try {
      const claimed = await this.#inTurn(() => open.rules.startNow(now, command));
      if (!claimed.ok) return claimed;
      await this.#arm(open.job, open.rules.state(now), now);
      // The caller gets its answer now; the object stays awake as long as the run waits for others.
      this.ctx.waitUntil(this.#runToEnd(claimed.value));
      return ok(null);
    } catch (error) {
      open.log.error("manual run not started", { job: open.job.name, error });
      return err("unavailable" as const);
    }
  }

  async setPaused(
    paused: boolean,
    now: number,
    command: Command,
  ): ReturnType<WakingClock["setPaused"]> {
    const open = this.#open();
    if (open === null) return err("unavailable" as const);
    try {
      await this.#inTurn(() => open.rules.setPaused(paused, now, command));
      return ok(await this.status(now));
    } catch (error) {
      open.log.error("pause not changed", { job: open.job.name, error });
      return err("unavailable" as const);
    }
  }
}
