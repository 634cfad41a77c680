import type { BindingProps, Health, ServiceDoor } from "@luna/shared/rpc/door";
import type { AnsweredText, AskedText, Body } from "@luna/shared/rpc/exchange";
import { newTrace } from "@luna/shared/trace";
import { WorkerEntrypoint } from "cloudflare:workers";

import { armClocks } from "./arm-clocks.ts";
import type { Env } from "./env.ts";
import { JOB_NAMES } from "./jobs.ts";
import { service } from "./service.ts";

export { JobClock } from "./job-clock.ts";

/** Plain HTTP finds nothing here; the minute tick comes in by `scheduled`. */
export default class Scheduler extends WorkerEntrypoint<Env> {
  override fetch(): Response {
    return new Response(null, { status: 404 });
  }

  /** The second clock: an alarm that was lost is made up for within a minute. */
  override async scheduled(): Promise<void> {
    const now = Date.now();
    const ticks = await Promise.allSettled(
      JOB_NAMES.map((job) => this.env.CLOCK.getByName(job).due(now)),
    );
    const failed = ticks.filter((tick) => tick.status === "rejected");
    const parts = service.open(this.env, this.ctx, newTrace());
    for (const { reason } of failed) parts?.log.error("tick not delivered", { error: reason });
  }
}

export class ForGateway extends WorkerEntrypoint<Env, BindingProps> implements ServiceDoor {
  handle(asked: AskedText, body: Body): Promise<AnsweredText> {
    return service.exchange(this.env, this.ctx, asked, body);
  }

  health(): Promise<Health> {
    // Beside the answer: a clock that is slow to start does not make the service slow to answer.
    this.ctx.waitUntil(this.#arm());
    return service.health(this.env);
  }

  async #arm(): Promise<void> {
    try {
      await armClocks(this.env.CLOCK, Date.now());
    } catch (error) {
      service.open(this.env, this.ctx, newTrace())?.log.error("clocks not armed", { error });
    }
  }
}
