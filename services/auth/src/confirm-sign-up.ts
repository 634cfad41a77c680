import { auditRow } from "@luna/shared/audit";
import { sql } from "@luna/shared/d1/sql";
import { newId } from "@luna/shared/id";
import type { NewUser } from "@luna/shared/rpc/users";

import type { AuthContext } from "./context.ts";
import { deviceOf } from "./device.ts";
import { roleOf } from "./role.ts";
import { insertSession } from "./session-store.ts";
import { claimed, claimSignUp, insertAccount, type OpenSignUp } from "./sign-up-store.ts";
import { accountFact } from "./subject-push.ts";
import { arrived } from "./tell-subject.ts";
import { makeTokens, type Tokens } from "./tokens.ts";

/** Turns a sign-up into an account, once, and signs its owner in; `null` if somebody was faster. */
export const confirmSignUp = async (
  signUp: OpenSignUp,
  context: AuthContext,
): Promise<Tokens | null> => {
  const { now, trace, caller } = context;
  const { accountId, email, name, locale, region } = signUp;
  const claimId = newId(now);
  const sessionId = newId(now);
  const { userAgent, address } = caller.client;
  const device = await deviceOf(caller.client);
  const session = { id: sessionId, accountId, generation: 0, userAgent, address, device };
  const when = claimed(claimId);
  const admins = context.config.ADMIN_EMAILS;
  const role = roleOf({ role: "user", emailKey: signUp.emailKey }, admins);
  const user: NewUser = { userId: accountId, email, name, locale, region, createdAt: now };
  const { outcomes, relay } = await context.commit(
    [
      claimSignUp(signUp.id, claimId, now),
      insertAccount(claimId, role, now),
      insertSession(session, now, when),
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
  if (outcomes[0]?.changes !== 1) return null;

  await arrived(relay, context);
  const bearer = { accountId, email, role, generation: 0, sessionId, counter: 0 };
  return makeTokens(context.tokens, bearer, now);
};
