import type { Sql } from "@luna/shared/d1/sql";
import type { Deliver } from "@luna/shared/outbox/outbox";
import type { MailerForServices, MailIntent } from "@luna/shared/rpc/mailer";
import { err, ok } from "@luna/shared/rpc/result";
import type { EmailChange, NewUser, SubjectPush, UsersForAuth } from "@luna/shared/rpc/users";
import type { Trace } from "@luna/shared/trace";

import { type AccountMail, sendAccountMail } from "./account-mail.ts";

/** Everything auth asks of others because of a change of its own; pushes are made by the database. */
export type AuthEffect =
  | { effect: "users.create" | "users.push"; key: string; payload: Sql }
  | { effect: "users.email"; key: string; payload: Sql }
  | { effect: "mail.accept"; key: string; payload: MailIntent }
  | { effect: "mail.account"; key: string; payload: AccountMail };

/** The same as the outbox hands it back. Rows were written by this Worker, so their form is trusted. */
type Delivered =
  | { effect: "users.create"; payload: { user: NewUser; pushes: SubjectPush[] } }
  | { effect: "users.push"; payload: { userId: string; pushes: SubjectPush[] } }
  | { effect: "users.email"; payload: EmailChange }
  | { effect: "mail.accept"; payload: MailIntent }
  | { effect: "mail.account"; payload: AccountMail };

interface Receivers {
  users: UsersForAuth;
  mailer: MailerForServices;
}

const handOn = async ({ users, mailer }: Receivers, delivered: Delivered, trace: Trace) => {
  switch (delivered.effect) {
    case "users.create": {
      // The Subject lives near its user, and only a profile knows where that is.
      const { user, pushes } = delivered.payload;
      const created = await users.createUser(user, trace);
      return created.ok ? users.pushToSubject(user.userId, pushes, trace) : created;
    }
    case "users.push":
      return users.pushToSubject(delivered.payload.userId, delivered.payload.pushes, trace);
    case "users.email":
      return users.changeEmail(delivered.payload, trace);
    case "mail.accept":
      return mailer.accept([delivered.payload], trace);
    case "mail.account":
      return sendAccountMail({ users, mailer }, delivered.payload, trace);
  }
};

/** Hands one outbox row to its receiver. */
export const deliverEffect =
  (receivers: Receivers): Deliver =>
  async (row, trace) => {
    const result = await handOn(receivers, row as unknown as Delivered, trace);
    if (result.ok) return ok(null);
    return result.code === "invalid_input"
      ? err("refused", result.detail)
      : err("unavailable", result.detail);
  };
