import { auditRow } from "@luna/shared/audit";
import { sql } from "@luna/shared/d1/sql";
import { page, pageOf, type PageQuery } from "@luna/shared/http/cursor";
import { Failure } from "@luna/shared/http/problem";
import { reply, type Reply } from "@luna/shared/http/reply";
import * as v from "valibot";

import { inSession, type AuthContext, type IdParams } from "./context.ts";
import { endSession, listSessions as readSessions } from "./session-store.ts";
import { pushEndedSessions } from "./subject-push.ts";
import { commitAndTell } from "./tell-subject.ts";

export const SessionPage = pageOf(
  v.strictObject({
    id: v.string(),
    createdAt: v.string(),
    lastUsedAt: v.string(),
    userAgent: v.string(),
    address: v.string(),
    current: v.boolean(),
  }),
);

/** Where the caller is signed in, newest first. */
export const listSessions = async (
  { query: { limit, cursor } }: { query: v.InferOutput<typeof PageQuery> },
  context: AuthContext,
): Promise<Reply> => {
  const { accountId, sessionId } = inSession(context);
  const range = { limit: limit + 1, before: cursor };
  const rows = await readSessions(context.db, accountId, range, context.now);
  const { items, nextCursor } = page(rows, limit, ({ id }) => id);
  const views = items.map(({ createdAt, lastUsedAt, ...session }) => ({
    ...session,
    createdAt: new Date(createdAt).toISOString(),
    lastUsedAt: new Date(lastUsedAt).toISOString(),
    current: session.id === sessionId,
  }));
  return reply(200, { items: views, nextCursor });
};

/** Ends one session of the caller; somebody else's does not exist. */
export const deleteSession = async (
  { params: { id } }: { params: v.InferOutput<typeof IdParams> },
  context: AuthContext,
): Promise<Reply | Failure> => {
  const { now, trace } = context;
  const { accountId } = inSession(context);
  const [ended] = await commitAndTell(
    context,
    [
      endSession({ id, accountId }, "ended_elsewhere", now),
      auditRow(
        { actor: accountId, action: "session.ended", subject: id },
        trace,
        now,
        sql`changes() = 1`,
      ),
    ],
    pushEndedSessions(accountId, sql`id = ${id}`, now),
  );
  return ended?.changes === 1 ? reply(204) : new Failure("not_found", "There is no such session.");
};
