import { auditRow } from "@luna/shared/audit";
import { sql } from "@luna/shared/d1/sql";
import { reply, type Reply } from "@luna/shared/http/reply";

import { raiseGeneration } from "./account-store.ts";
import { inSession, type AuthContext } from "./context.ts";
import { endSession } from "./session-store.ts";
import { pushAccount, pushEndedSessions } from "./subject-push.ts";
import { commitAndTell } from "./tell-subject.ts";

/** Ends the session that asks. A repeat is answered alike. */
export const signOut = async (_input: unknown, context: AuthContext): Promise<Reply> => {
  const { now, trace } = context;
  const { accountId, sessionId } = inSession(context);
  await commitAndTell(
    context,
    [
      endSession({ id: sessionId, accountId }, "signed_out", now),
      auditRow(
        { actor: accountId, action: "session.signed_out", subject: sessionId },
        trace,
        now,
        sql`changes() = 1`,
      ),
    ],
    pushEndedSessions(accountId, sql`id = ${sessionId}`, now),
  );
  return reply(204);
};

/** Ends every session of the caller, this one too. */
export const signOutAll = async (_input: unknown, context: AuthContext): Promise<Reply> => {
  const { now, trace, config } = context;
  const { accountId } = inSession(context);
  await commitAndTell(
    context,
    [
      raiseGeneration(accountId, now),
      auditRow(
        { actor: accountId, action: "account.signed_out_everywhere", subject: accountId },
        trace,
        now,
        sql`changes() = 1`,
      ),
    ],
    pushAccount(accountId, config.ADMIN_EMAILS),
  );
  return reply(204);
};
