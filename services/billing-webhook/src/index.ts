import type { BindingProps, Health, ServiceDoor } from "@luna/shared/rpc/door";
import type { AnsweredText, AskedText, Body } from "@luna/shared/rpc/exchange";
import { err } from "@luna/shared/rpc/result";
import type { TaskName, TaskRunner } from "@luna/shared/rpc/tasks";
import { childOf, type Trace } from "@luna/shared/trace";
import { WorkerEntrypoint } from "cloudflare:workers";

import { billingOf } from "./billing.ts";
import type { Env } from "./env.ts";
import { openDoor } from "./public-door.ts";
import { runTask } from "./run-task.ts";
import { service } from "./service.ts";

export { ApiQuota } from "./api-quota.ts";
export { EventBuffer } from "./event-buffer.ts";
export { BillingReconciler } from "./reconciler.ts";
export { BillingSweeper } from "./sweeper.ts";

/** The public door: only the webhook and the service's own health. */
export default class BillingWebhook extends WorkerEntrypoint<Env> {
  override fetch(request: Request): Promise<Response> {
    return openDoor(this.env, this.ctx, request);
  }
}

export class ForGateway extends WorkerEntrypoint<Env, BindingProps> implements ServiceDoor {
  handle(asked: AskedText, body: Body): Promise<AnsweredText> {
    return service.exchange(this.env, this.ctx, asked, body);
  }

  health(): Promise<Health> {
    return service.health(this.env);
  }
}

export class ForScheduler extends WorkerEntrypoint<Env, BindingProps> implements TaskRunner {
  async run(task: TaskName, trace: Trace) {
    const parts = service.open(this.env, this.ctx, childOf(trace));
    return parts === null
      ? err("unavailable" as const, "billing-webhook is misconfigured")
      : runTask(task, billingOf(parts));
  }
}
