import { auditRow } from "@luna/shared/audit";
import { sql } from "@luna/shared/d1/sql";
import { Failure } from "@luna/shared/http/problem";
import { reply, type Reply } from "@luna/shared/http/reply";
import { newId } from "@luna/shared/id";
import * as v from "valibot";

import { findCandidate, isStill, setToldRole } from "./account-store.ts";
import type { AuthContext } from "./context.ts";
import { deviceOf } from "./device.ts";
import { emailKey } from "./email-address.ts";
import { signInGuards } from "./guards.ts";
import { newDeviceMail } from "./new-device-mail.ts";
import { attemptOf } from "./pass-guards.ts";
import { GivenPassword } from "./password.ts";
import { roleOf } from "./role.ts";
import { insertSession } from "./session-store.ts";
import { pushAccount } from "./subject-push.ts";
import { arrived, pushEffect } from "./tell-subject.ts";
import { makeTokens } from "./tokens.ts";

/** Any text is accepted as an address: what cannot be one is simply wrong, like a wrong password. */
export const SignInBody = v.strictObject({
  email: v.pipe(v.string(), v.trim(), v.maxLength(254)),
  password: GivenPassword,
});

const wrong = (): Failure =>
  new Failure("invalid_credentials", "The e-mail address or the password is wrong.");

export const signIn = async (
  { body }: { body: v.InferOutput<typeof SignInBody> },
  context: AuthContext,
): Promise<Reply | Failure> => {
  const { db, now, trace, caller, config } = context;
  const attempt = await attemptOf(body.email, caller.client, config.RATE_LIMIT_SCALE);
  const refused = await context.pass(signInGuards(attempt));
  if (refused !== null) return refused;
  const device = await deviceOf(caller.client);
  const candidate = await findCandidate(db, emailKey(body.email), device, now);
  const right = await context.passwords.verify(body.password, candidate?.passwordHash ?? null);
  if (candidate === null || !right) return wrong();
  if (candidate.kind === "unverified")
    return new Failure("email_unverified", "Follow the link in the mail we sent you first.");

  const { account, passwordHash } = candidate;
  if (account.status !== "active") return new Failure("forbidden", "This account is suspended.");
  const role = roleOf(account, config.ADMIN_EMAILS);
  const sessionId = newId(now);
  const { userAgent, address } = caller.client;
  const { generation } = account;
  const session = { id: sessionId, accountId: account.id, generation, userAgent, address, device };
  const warning = candidate.unfamiliar ? [await newDeviceMail(account, session, context)] : [];
  const { outcomes, relay } = await context.commit(
    [
      insertSession(session, now, isStill(account, passwordHash)),
      auditRow(
        { actor: account.id, action: "session.created", subject: sessionId },
        trace,
        now,
        sql`changes() = 1`,
      ),
      ...(role === account.toldRole ? [] : [setToldRole(account.id, role)]),
    ],
    [
      ...(role === account.toldRole
        ? []
        : [pushEffect(pushAccount(account.id, config.ADMIN_EMAILS), now)]),
      ...warning,
    ],
  );
  // The password was changed, or everybody signed out, while it was being checked.
  if (outcomes[0]?.changes !== 1) return wrong();
  await arrived(relay, context);
  const { id: accountId, email } = account;
  const bearer = { accountId, email, role, generation, sessionId, counter: 0 };
  return reply(200, await makeTokens(context.tokens, bearer, now));
};
