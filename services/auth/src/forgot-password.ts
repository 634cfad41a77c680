import { auditRow } from "@luna/shared/audit";
import { newToken, sha256Hex } from "@luna/shared/bytes";
import type { Failure } from "@luna/shared/http/problem";
import { reply, type Reply } from "@luna/shared/http/reply";
import { newId } from "@luna/shared/id";
import * as v from "valibot";

import { accountMail } from "./account-mail.ts";
import { findAddressee } from "./account-store.ts";
import { linkTo, type AuthContext } from "./context.ts";
import { EmailAddress, emailKey } from "./email-address.ts";
import { resetGuards } from "./guards.ts";
import { attemptOf } from "./pass-guards.ts";
import { insertReset, resetExists } from "./reset-store.ts";

export const ForgotPasswordBody = v.strictObject({ email: EmailAddress });

/** Long enough to find the mail, short enough for a mailbox that is read by others later. */
const LINK_MS = 30 * 60 * 1_000;

/** Stands in for the id of an account where there is none. */
const NOBODY = "nobody";

/**
 * The same answer, after the same work, whether or not the address is known: one read and one
 * transaction, whose statements write nothing when there is no such account.
 */
export const forgotPassword = async (
  { body }: { body: v.InferOutput<typeof ForgotPasswordBody> },
  context: AuthContext,
): Promise<Reply | Failure> => {
  const { db, now, trace, config } = context;
  const attempt = await attemptOf(body.email, context.caller.client, config.RATE_LIMIT_SCALE);
  const refused = await context.pass(resetGuards(attempt));
  if (refused !== null) return refused;
  const known = await findAddressee(db, emailKey(body.email));
  const accountId = known?.id ?? NOBODY;
  const id = newId(now);
  const token = newToken();
  const expiresAt = now + LINK_MS;
  const mail = await accountMail(
    {
      template: "reset",
      key: `reset:${id}:1`,
      userId: accountId,
      to: known?.email ?? body.email,
      vars: {},
      link: linkTo(config, "/reset-password", token),
      expiresAt,
    },
    config,
  );
  const { relay } = await context.commit(
    [
      insertReset({ id, accountId }, await sha256Hex(token), expiresAt, now),
      auditRow(
        { actor: "anonymous", action: "password.reset_requested", subject: accountId },
        trace,
        now,
      ),
    ],
    [{ ...mail, when: resetExists(id) }],
  );
  context.waitUntil(relay());
  return reply(202, { status: "check_email" });
};
