import { auditRow } from "@luna/shared/audit";
import { sha256Hex } from "@luna/shared/bytes";
import { sql } from "@luna/shared/d1/sql";
import { Failure } from "@luna/shared/http/problem";
import { reply, type Reply } from "@luna/shared/http/reply";
import { newId } from "@luna/shared/id";
import type { NewUser } from "@luna/shared/rpc/users";
import * as v from "valibot";

import type { AuthContext } from "./context.ts";
import { roleOf } from "./role.ts";
import { insertSession } from "./session-store.ts";
import { claimed, claimSignUp, findOpenSignUp, insertAccount } from "./sign-up-store.ts";
import { accountFact } from "./subject-push.ts";
import { arrived } from "./tell-subject.ts";
import { makeTokens } from "./tokens.ts";

export const VerifyEmailBody = v.strictObject({ token: v.pipe(v.string(), v.maxLength(200)) });

const invalidToken = (): Failure =>
  new Failure("invalid_token", "This link is invalid, expired or already used.");

/** Turns a sign-up into an account, once, and signs its owner in. */
export const verifyEmail = async (
  { body }: { body: v.InferOutput<typeof VerifyEmailBody> },
  context: AuthContext,
): Promise<Reply | Failure> => {
  const { db, now, trace, caller } = context;
  const signUp = await findOpenSignUp(db, await sha256Hex(body.token), now);
  if (signUp === null) return invalidToken();

  const { accountId, email, name, locale, region } = signUp;
  const claimId = newId(now);
  const sessionId = newId(now);
  const { userAgent, address } = caller.client;
  const when = claimed(claimId);
  const admins = context.config.ADMIN_EMAILS;
  const role = roleOf({ role: "user", emailKey: signUp.emailKey }, admins);
  const user: NewUser = { userId: accountId, email, name, locale, region, createdAt: now };
  const { outcomes, relay } = await context.commit(
    [
      claimSignUp(signUp.id, claimId, now),
      insertAccount(claimId, role, now),
      insertSession({ id: sessionId, accountId, generation: 0, userAgent, address }, now, when),
      auditRow(
        { actor: accountId, action: "account.created", subject: accountId },
        trace,
        now,
        when,
      ),
    ],
    [
      {
        effect: "users.create",
        key: `user:${accountId}:1`,
        payload: sql`
          (SELECT json_object('user', json(${JSON.stringify(user)}),
                              'pushes', json_array(${accountFact(admins)}))
           FROM accounts WHERE id = ${accountId})`,
        when,
      },
    ],
  );
  if (outcomes[0]?.changes !== 1) return invalidToken();

  await arrived(relay, context);
  const bearer = { accountId, email, role, generation: 0, sessionId, counter: 0 };
  return reply(200, await makeTokens(context.tokens, bearer, now));
};
