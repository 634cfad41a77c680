import { auditRow } from "@luna/shared/audit";
import { newToken, sha256Hex } from "@luna/shared/bytes";
import { sql } from "@luna/shared/d1/sql";
import { Failure } from "@luna/shared/http/problem";
import { reply, type Reply } from "@luna/shared/http/reply";
import { newId } from "@luna/shared/id";
import * as v from "valibot";

import { accountExistsMail } from "./account-exists-mail.ts";
import { accountMail } from "./account-mail.ts";
import { findPasswordAndAddressee, isStill } from "./account-store.ts";
import { inSession, linkTo, pageLink, type AuthContext } from "./context.ts";
import { EmailAddress, emailKey } from "./email-address.ts";
import {
  emailChangeExists,
  insertEmailChange,
  isNewEmailChange,
  voidEmailChanges,
} from "./email-change-store.ts";
import { emailChangeGuards } from "./guards.ts";
import { attemptOf } from "./pass-guards.ts";
import { GivenPassword } from "./password.ts";

export const ChangeEmailBody = v.strictObject({ newEmail: EmailAddress, password: GivenPassword });

const DAY_S = 24 * 60 * 60;

const wrong = (): Failure => new Failure("invalid_credentials", "The password is wrong.");

/**
 * Begins the move to another address. The answer and the work are the same whether or not that
 * address has an account: one hash, one read, one transaction, a row, a mail to either address. The
 * token of a row for a taken address is mailed to nobody.
 */
export const changeEmail = async (
  { body: { newEmail, password } }: { body: v.InferOutput<typeof ChangeEmailBody> },
  context: AuthContext,
): Promise<Reply | Failure> => {
  const { db, now, trace, config, passwords } = context;
  const { accountId } = inSession(context);
  const attempt = await attemptOf(newEmail, context.caller.client, config.RATE_LIMIT_SCALE);
  const refused = await context.pass(emailChangeGuards(accountId, attempt));
  if (refused !== null) return refused;
  const { known, addressee } = await findPasswordAndAddressee(db, accountId, emailKey(newEmail));
  const right = await passwords.verify(password, known?.passwordHash ?? null);
  if (known === null || !right) return wrong();

  const id = newId(now);
  const token = newToken();
  const expiresAt = now + DAY_S * 1_000;
  const still = isStill(known.account, known.passwordHash);
  const free = addressee === null || addressee.id === accountId;
  const change = { id, accountId, email: newEmail };
  const first = sql`${still} AND ${isNewEmailChange(change, now)}`;
  const toNew = free
    ? await accountMail(
        {
          template: "email_change_confirm",
          key: `email_change_confirm:${id}:1`,
          userId: accountId,
          to: newEmail,
          vars: { validFor: String(DAY_S) },
          link: linkTo(config, "/verify-email", token),
          expiresAt,
        },
        config,
      )
    : await accountExistsMail(addressee, context);
  const toOld = await accountMail(
    {
      template: "email_change_notice",
      key: `email_change_notice:${id}:1`,
      userId: accountId,
      to: known.account.email,
      vars: { newEmail, at: new Date(now).toISOString() },
      link: pageLink(config, "/forgot-password"),
      expiresAt: null,
    },
    config,
  );
  const { outcomes, relay } = await context.commit(
    [
      auditRow(
        { actor: accountId, action: "email.change_requested", subject: accountId },
        trace,
        now,
        still,
      ),
      voidEmailChanges(accountId, now, first),
      insertEmailChange(change, await sha256Hex(token), expiresAt, now, first),
    ],
    [
      { ...toNew, when: emailChangeExists(id) },
      { ...toOld, when: emailChangeExists(id) },
    ],
  );
  // The password was changed, or everybody signed out, while it was being checked.
  if (outcomes[0]?.changes !== 1) return wrong();
  context.waitUntil(relay());
  return reply(202, { status: "check_email" });
};
