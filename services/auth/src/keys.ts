import { auditRow } from "@luna/shared/audit";
import { sql } from "@luna/shared/d1/sql";
import { page, type PageQuery } from "@luna/shared/http/cursor";
import { Failure } from "@luna/shared/http/problem";
import { reply, type Reply } from "@luna/shared/http/reply";
import type * as v from "valibot";

import { keyView } from "./api-key.ts";
import { inSession, type AuthContext, type IdParams } from "./context.ts";
import { keysOf } from "./key-store.ts";
import { pushKeys } from "./subject-push.ts";
import { commitAndTell } from "./tell-subject.ts";

/** The caller's keys, newest first; never the key itself. */
export const listKeys = async (
  { query: { limit, cursor } }: { query: v.InferOutput<typeof PageQuery> },
  context: AuthContext,
): Promise<Reply> => {
  const { accountId } = inSession(context);
  const range = { limit: limit + 1, before: cursor };
  const rows = await keysOf(accountId).list(context.db, range);
  const { items, nextCursor } = page(rows, limit, ({ id }) => id);
  return reply(200, { items: items.map(keyView), nextCursor });
};

/** Ends one key of the caller for ever; somebody else's does not exist. */
export const deleteKey = async (
  { params: { id } }: { params: v.InferOutput<typeof IdParams> },
  context: AuthContext,
): Promise<Reply | Failure> => {
  const { now, trace } = context;
  const { accountId } = inSession(context);
  const [revoked] = await commitAndTell(
    context,
    [
      keysOf(accountId).revoke(id, now),
      auditRow(
        { actor: accountId, action: "api_key.revoked", subject: id },
        trace,
        now,
        sql`changes() = 1`,
      ),
    ],
    pushKeys(accountId, sql`id = ${id}`),
  );
  return revoked?.changes === 1 ? reply(204) : new Failure("not_found", "There is no such key.");
};
