import { auditRow } from "@luna/shared/audit";
import { newId } from "@luna/shared/id";

import type { AuthContext } from "./context.ts";
import { deviceOf } from "./device.ts";
import { emailKey } from "./email-address.ts";
import {
  claimEmailChange,
  emailChangeClaimed,
  emailFact,
  setEmail,
  voidEmailChanges,
  type OpenEmailChange,
} from "./email-change-store.ts";
import { voidResets } from "./reset-store.ts";
import { roleOf } from "./role.ts";
import { insertSession } from "./session-store.ts";
import { pushAccount } from "./subject-push.ts";
import { arrived, pushEffect } from "./tell-subject.ts";
import { makeTokens, type Tokens } from "./tokens.ts";

/**
 * Moves an account to the address whose mailbox its owner has just shown to read, once, and signs
 * them in. Links that went to the old address are worth nothing from then on.
 */
export const confirmEmailChange = async (
  change: OpenEmailChange,
  context: AuthContext,
): Promise<Tokens | null> => {
  const { now, trace, caller, config } = context;
  const { accountId, email, generation } = change;
  const role = roleOf({ role: change.role, emailKey: emailKey(email) }, config.ADMIN_EMAILS);
  const claimId = newId(now);
  const sessionId = newId(now);
  const when = emailChangeClaimed(claimId);
  const { userAgent, address } = caller.client;
  const device = await deviceOf(caller.client);
  const session = { id: sessionId, accountId, generation, userAgent, address, device };
  const { outcomes, relay } = await context.commit(
    [
      claimEmailChange(change, claimId, now),
      setEmail(change, role, now, when),
      insertSession(session, now, when),
      voidEmailChanges(accountId, now, when),
      voidResets(accountId, now, when),
      auditRow({ actor: accountId, action: "email.changed", subject: accountId }, trace, now, when),
    ],
    [
      {
        effect: "users.email",
        key: `email:${claimId}`,
        payload: emailFact(accountId),
        when,
      },
      pushEffect(pushAccount(accountId, config.ADMIN_EMAILS, when), now),
    ],
  );
  if (outcomes[0]?.changes !== 1) return null;
  await arrived(relay, context);
  const bearer = { accountId, email, role, generation, sessionId, counter: 0 };
  return makeTokens(context.tokens, bearer, now);
};
