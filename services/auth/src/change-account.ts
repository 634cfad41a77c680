import { auditRow } from "@luna/shared/audit";
import { sql } from "@luna/shared/d1/sql";
import { Failure } from "@luna/shared/http/problem";
import { reply, type Reply } from "@luna/shared/http/reply";
import * as v from "valibot";

import { accountView, STATUSES } from "./account.ts";
import { accountOf, selectAccount, setStanding, type AccountRow } from "./account-store.ts";
import { inSession, type AuthContext, type IdParams } from "./context.ts";
import { roleOf } from "./role.ts";
import { pushAccount } from "./subject-push.ts";
import { commitAndTell } from "./tell-subject.ts";

export const ChangeAccountBody = v.strictObject({
  role: v.optional(v.picklist(["user", "admin"])),
  status: v.optional(v.picklist(STATUSES)),
});

interface ChangeAccount {
  params: v.InferOutput<typeof IdParams>;
  body: v.InferOutput<typeof ChangeAccountBody>;
}

/** Gives an account another role or status. ADMIN_EMAILS makes an administrator whatever the role. */
export const changeAccount = async (
  { params: { id }, body }: ChangeAccount,
  context: AuthContext,
): Promise<Reply | Failure> => {
  const { now, trace, config } = context;
  const { accountId: actor } = inSession(context);
  if (id === actor && body.status === "suspended")
    return new Failure("conflict", "Another administrator has to suspend you.");
  const { role = null, status = null } = body;
  const [, , read] = await commitAndTell(
    context,
    [
      setStanding(id, { role, status }, now),
      auditRow(
        { actor, action: "account.changed", subject: id, detail: { role, status } },
        trace,
        now,
        sql`changes() = 1`,
      ),
      selectAccount(id),
    ],
    pushAccount(id, config.ADMIN_EMAILS),
  );
  const row = read?.rows[0] as AccountRow | undefined;
  if (row === undefined) return new Failure("not_found", "There is no such account.");
  const account = accountOf(row);
  return reply(200, accountView(account, roleOf(account, config.ADMIN_EMAILS)));
};
