import { auditRow } from "@luna/shared/audit";
import { sql } from "@luna/shared/d1/sql";
import { Failure } from "@luna/shared/http/problem";
import { reply, type Reply } from "@luna/shared/http/reply";
import type * as v from "valibot";

import { raiseGeneration } from "./account-store.ts";
import { inSession, type AuthContext, type IdParams } from "./context.ts";
import { pushAccount } from "./subject-push.ts";
import { commitAndTell } from "./tell-subject.ts";

/** Signs somebody out everywhere. */
export const revokeSessions = async (
  { params: { id } }: { params: v.InferOutput<typeof IdParams> },
  context: AuthContext,
): Promise<Reply | Failure> => {
  const { now, trace, config } = context;
  const [raised] = await commitAndTell(
    context,
    [
      raiseGeneration(id, now),
      auditRow(
        { actor: inSession(context).accountId, action: "account.sessions_revoked", subject: id },
        trace,
        now,
        sql`changes() = 1`,
      ),
    ],
    pushAccount(id, config.ADMIN_EMAILS),
  );
  return raised?.changes === 1 ? reply(204) : new Failure("not_found", "There is no such account.");
};
