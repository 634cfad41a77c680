import { relayDue } from "@luna/shared/outbox/outbox";
import { Sweeper, type Swept } from "@luna/shared/outbox/sweeper";
import type { AuthForGateway } from "@luna/shared/rpc/auth";
import type { BindingProps } from "@luna/shared/rpc/door";
import type { AnsweredText, AskedText, Body } from "@luna/shared/rpc/exchange";
import { err } from "@luna/shared/rpc/result";
import type { Presented } from "@luna/shared/rpc/subject";
import type { TaskName, TaskRunner } from "@luna/shared/rpc/tasks";
import { publicKeysOf, type JwkSet } from "@luna/shared/token/keys";
import { childOf, newTrace, type Trace } from "@luna/shared/trace";
import { WorkerEntrypoint } from "cloudflare:workers";

import { argon2id } from "./argon2.ts";
import { confirmCredential } from "./confirm-credential.ts";
import type { Env } from "./env.ts";
import { healSubject } from "./heal-subject.ts";
import { runTask } from "./run-task.ts";
import { createAuth, relayOf } from "./service.ts";

const service = createAuth(argon2id);

/** Plain HTTP finds nothing here: auth is reached by bindings only. */
export default class Auth extends WorkerEntrypoint<Env> {
  override fetch(): Response {
    return new Response(null, { status: 404 });
  }
}

export class ForGateway extends WorkerEntrypoint<Env, BindingProps> implements AuthForGateway {
  handle(asked: AskedText, body: Body): Promise<AnsweredText> {
    return service.exchange(this.env, this.ctx, asked, body);
  }

  health() {
    return service.health(this.env);
  }

  async publicKeys(): Promise<JwkSet> {
    const parts = service.open(this.env, this.ctx, newTrace());
    // No keys would make every token invalid; no answer makes it an outage, which it is.
    if (parts === null) throw new Error("auth is misconfigured");
    return publicKeysOf(parts.config.TOKEN_KEYS);
  }

  async confirm(presented: Presented, userId: string) {
    const parts = service.open(this.env, this.ctx, newTrace());
    if (parts === null) return err("unavailable" as const, "auth is misconfigured");
    const { db, config, clock } = parts;
    return confirmCredential(db, presented, userId, config.ADMIN_EMAILS, clock());
  }

  async heal(userId: string, keyId: string | null, trace: Trace) {
    const parts = service.open(this.env, this.ctx, childOf(trace));
    if (parts === null) return err("unavailable" as const, "auth is misconfigured");
    const { db, env, config } = parts;
    const heals = { db, users: env.USERS, adminEmails: config.ADMIN_EMAILS };
    return healSubject(heals, userId, keyId, parts.trace);
  }
}

export class ForScheduler extends WorkerEntrypoint<Env, BindingProps> implements TaskRunner {
  async run(task: TaskName, trace: Trace) {
    const parts = service.open(this.env, this.ctx, childOf(trace));
    return parts === null
      ? err("unavailable" as const, "auth is misconfigured")
      : runTask(task, relayOf(parts));
  }
}

export { Throttle } from "./throttle.ts";

/** Delivers what a crash kept from going out. */
export class AuthSweeper extends Sweeper<Env> {
  protected async sweep(): Promise<Swept> {
    const parts = service.open(this.env, this.ctx, newTrace());
    return parts === null ? { waiting: true } : relayDue(relayOf(parts));
  }
}
