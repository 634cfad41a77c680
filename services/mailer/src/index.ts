import type { BindingProps, Health, ServiceDoor } from "@luna/shared/rpc/door";
import type { AnsweredText, AskedText, Body } from "@luna/shared/rpc/exchange";
import type { MailerForServices, MailIntent } from "@luna/shared/rpc/mailer";
import { err, ok } from "@luna/shared/rpc/result";
import type { TaskName, TaskRunner } from "@luna/shared/rpc/tasks";
import { childOf, newTrace, type Trace } from "@luna/shared/trace";
import { WorkerEntrypoint } from "cloudflare:workers";

import { acceptMails } from "./accept-mails.ts";
import { consumeHints } from "./consume-hints.ts";
import { sweeperOf } from "./delivery.ts";
import type { Env } from "./env.ts";
import { hintOf } from "./hint.ts";
import { openDoor } from "./public-door.ts";
import { runTask } from "./run-task.ts";
import { service } from "./service.ts";
import { ledger } from "./store.ts";

export { MailerSweeper } from "./sweeper.ts";
export { MailerSwitchboard } from "./switchboard.ts";

const misconfigured = () => err("unavailable" as const, "mailer is misconfigured");

/** The public door: only the provider's events and the service's own health. */
export default class Mailer extends WorkerEntrypoint<Env> {
  override fetch(request: Request): Promise<Response> {
    return openDoor(this.env, this.ctx, request);
  }

  override async queue(batch: MessageBatch): Promise<void> {
    const parts = service.open(this.env, this.ctx, newTrace());
    if (parts === null) batch.retryAll();
    else await consumeHints(batch, parts);
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

export class ForServices extends WorkerEntrypoint<Env, BindingProps> implements MailerForServices {
  async accept(intents: MailIntent[], trace: Trace) {
    const parts = service.open(this.env, this.ctx, childOf(trace));
    if (parts === null) return misconfigured();
    const accepted = await acceptMails(
      { ledger: ledger(parts.db), sweeper: sweeperOf(this.env), now: parts.clock() },
      intents,
      parts.trace,
    );
    const from = this.ctx.props.caller;
    if (!accepted.ok) {
      parts.log.error("mail refused", { from, detail: accepted.detail });
      return accepted;
    }
    const ids = accepted.value;
    parts.log.info("mail accepted", { from, mailIds: ids, repeated: intents.length - ids.length });
    if (ids.length > 0)
      // Losing the hint is harmless, so nobody waits for it.
      parts.waitUntil(
        this.env.MAIL.send(hintOf(ids, parts.trace)).catch((error: unknown) =>
          parts.log.warn("hint not sent", { error }),
        ),
      );
    return ok(null);
  }
}

export class ForScheduler extends WorkerEntrypoint<Env, BindingProps> implements TaskRunner {
  async run(task: TaskName, trace: Trace) {
    const parts = service.open(this.env, this.ctx, childOf(trace));
    return parts === null ? misconfigured() : runTask(task, parts);
  }
}
