import { DatabaseFailure } from "@luna/shared/d1/database";
import type { BindingProps, Health } from "@luna/shared/rpc/door";
import type { AnsweredText, AskedText, Body } from "@luna/shared/rpc/exchange";
import { err, ok } from "@luna/shared/rpc/result";
import type { TaskName, TaskRunner } from "@luna/shared/rpc/tasks";
import {
  EmailChange,
  NewUser,
  SubjectPush,
  SubscriptionState,
  type UsersForAuth,
  type UsersForBilling,
  type UsersForGateway,
} from "@luna/shared/rpc/users";
import { childOf, type Trace } from "@luna/shared/trace";
import { WorkerEntrypoint } from "cloudflare:workers";
import * as v from "valibot";

import type { Env } from "./env.ts";
import { runTask } from "./run-task.ts";
import { service } from "./service.ts";
import { serviceStore } from "./store.ts";
import { changePlan, subjectOf, tellPlan } from "./tell-subject.ts";

/** Plain HTTP finds nothing here: users is reached by bindings only. */
export default class Users extends WorkerEntrypoint<Env> {
  override fetch(): Response {
    return new Response(null, { status: 404 });
  }
}

export { Subject } from "./subject.ts";

export class ForGateway extends WorkerEntrypoint<Env, BindingProps> implements UsersForGateway {
  handle(asked: AskedText, body: Body): Promise<AnsweredText> {
    return service.exchange(this.env, this.ctx, asked, body);
  }

  health(): Promise<Health> {
    return service.health(this.env);
  }

  heal(userId: string, trace: Trace) {
    return answer(open(this.env, this.ctx, trace), async ({ store }) => {
      const exists = await tellPlan(this.env, store, v.parse(v.string(), userId));
      return exists ? ok(null) : err("not_found" as const);
    });
  }
}

/** What the RPC verbs below share: parsed input, a store, and no exception for an outage. */
const open = (env: Env, ctx: ExecutionContext, trace: Trace) => {
  const parts = service.open(env, ctx, childOf(trace));
  return parts === null ? null : { ...parts, store: serviceStore(parts.db) };
};

type Parts = NonNullable<ReturnType<typeof open>>;

const answer = async <T>(parts: Parts | null, verb: (parts: Parts) => Promise<T>) => {
  if (parts === null) return err("unavailable" as const, "users is misconfigured");
  try {
    return await verb(parts);
  } catch (error) {
    if (!(error instanceof DatabaseFailure)) throw error;
    parts.log.error("database failed", { error });
    return err("unavailable" as const, "the database does not answer");
  }
};

/** How to reach somebody, for those who write to them. */
const contactOf = (parts: Parts | null, userId: string) =>
  answer(parts, async ({ store }) => {
    const contact = await store.contact(v.parse(v.string(), userId));
    return contact === null ? err("not_found" as const) : ok(contact);
  });

export class ForAuth extends WorkerEntrypoint<Env, BindingProps> implements UsersForAuth {
  createUser(user: NewUser, trace: Trace) {
    return answer(open(this.env, this.ctx, trace), async (parts) => {
      const input = v.safeParse(NewUser, user);
      if (!input.success) return err("invalid_input" as const);
      await parts.store.create(input.output, parts.trace, parts.clock());
      await tellPlan(this.env, parts.store, input.output.userId);
      parts.log.audit("user.created", { userId: input.output.userId });
      return ok(null);
    });
  }

  pushToSubject(userId: string, pushes: SubjectPush[], trace: Trace) {
    return answer(open(this.env, this.ctx, trace), async () => {
      const input = v.safeParse(v.array(SubjectPush), pushes);
      if (!input.success) return err("invalid_input" as const);
      await subjectOf(this.env, v.parse(v.string(), userId)).push(input.output);
      return ok(null);
    });
  }

  changeEmail(change: EmailChange, trace: Trace) {
    return answer(open(this.env, this.ctx, trace), async (parts) => {
      const input = v.safeParse(EmailChange, change);
      if (!input.success) return err("invalid_input" as const);
      const { store } = parts;
      const { userId } = input.output;
      // The creation of the user may still be on its way; auth asks again.
      if ((await store.contact(userId)) === null)
        return err("unavailable" as const, "no such user");
      const now = parts.clock();
      const write = () => store.changeEmail(input.output, parts.trace, now);
      await changePlan(this.env, store, userId, write, now);
      parts.log.audit("email.changed", { userId });
      return ok(null);
    });
  }

  contactOf(userId: string, trace: Trace) {
    return contactOf(open(this.env, this.ctx, trace), userId);
  }
}

export class ForBilling extends WorkerEntrypoint<Env, BindingProps> implements UsersForBilling {
  applySubscription(state: SubscriptionState, trace: Trace) {
    return answer(open(this.env, this.ctx, trace), async (parts) => {
      const input = v.safeParse(SubscriptionState, state);
      if (!input.success) return err("invalid_input" as const);
      const { store } = parts;
      const { kind, id } = input.output.owner;
      const now = parts.clock();
      const write = () => store.applySubscription(input.output, parts.trace, now);
      // Teams have no Subject.
      await (kind === "user" ? changePlan(this.env, store, id, write, now) : write());
      parts.log.audit("subscription.applied", { providerId: input.output.providerId });
      return ok(null);
    });
  }

  contactOf(userId: string, trace: Trace) {
    return contactOf(open(this.env, this.ctx, trace), userId);
  }
}

export class ForScheduler extends WorkerEntrypoint<Env, BindingProps> implements TaskRunner {
  run(task: TaskName, trace: Trace) {
    return answer(open(this.env, this.ctx, trace), ({ store, clock }) =>
      runTask(task, store, clock()),
    );
  }
}
