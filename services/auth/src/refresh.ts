import { auditRow } from "@luna/shared/audit";
import { sql } from "@luna/shared/d1/sql";
import { Failure } from "@luna/shared/http/problem";
import { reply, type Reply } from "@luna/shared/http/reply";
import * as v from "valibot";

import type { AuthContext } from "./context.ts";
import { setToldRole } from "./account-store.ts";
import { refreshGuards } from "./guards.ts";
import { readRefreshToken } from "./refresh-token.ts";
import { roleOf } from "./role.ts";
import { judgeRefresh, type Session } from "./session.ts";
import { endSession, rotateSession } from "./session-store.ts";
import { pushAccount, pushEndedSessions } from "./subject-push.ts";
import { commitAndTell } from "./tell-subject.ts";
import { makeTokens } from "./tokens.ts";

export const RefreshBody = v.strictObject({ refreshToken: v.pipe(v.string(), v.maxLength(300)) });

const invalid = (): Failure =>
  new Failure("invalid_refresh_token", "This session is over. Sign in again.");

const endStolen = ({ id, accountId }: Session, context: AuthContext) => {
  const { now, trace } = context;
  const because = "refresh_token_reused";
  return commitAndTell(
    context,
    [
      endSession({ id, accountId }, because, now),
      auditRow(
        {
          actor: "service:auth",
          action: "session.revoked",
          subject: accountId,
          detail: { sessionId: id, because },
        },
        trace,
        now,
        sql`changes() = 1`,
      ),
    ],
    pushEndedSessions(accountId, sql`id = ${id}`, now),
  );
};

/**
 * One guarded write moves the session to its next token. Whoever loses that race within the grace
 * gets the same successor; whoever comes later holds a stolen copy, and the session ends.
 */
export const refresh = async (
  { body }: { body: v.InferOutput<typeof RefreshBody> },
  context: AuthContext,
): Promise<Reply | Failure> => {
  const { db, now, config } = context;
  const presented = await readRefreshToken(config.REFRESH_KEYS, body.refreshToken);
  if (presented === null) return invalid();
  const guards = refreshGuards(presented.sessionId, config.RATE_LIMIT_SCALE);
  const refused = await context.pass(guards);
  if (refused !== null) return refused;
  const found = await rotateSession(db, presented, now);
  if (found === null) return invalid();

  const { rotated, session, account } = found;
  const verdict = rotated ? "grace" : judgeRefresh(session, presented, account.generation, now);
  if (verdict === "over" || account.status !== "active") return invalid();
  if (verdict === "reused") {
    await endStolen(session, context);
    context.log.audit("session.revoked", { sessionId: session.id, because: "reused" });
    return invalid();
  }
  const role = roleOf(account, config.ADMIN_EMAILS);
  if (role !== account.toldRole)
    await commitAndTell(
      context,
      [setToldRole(account.id, role)],
      pushAccount(account.id, config.ADMIN_EMAILS),
    );
  const bearer = {
    accountId: account.id,
    email: account.email,
    role,
    generation: account.generation,
    sessionId: session.id,
    counter: session.counter,
  };
  return reply(200, await makeTokens(context.tokens, bearer, now));
};
