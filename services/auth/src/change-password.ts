import { auditRow } from "@luna/shared/audit";
import { sql } from "@luna/shared/d1/sql";
import { Failure } from "@luna/shared/http/problem";
import { reply, type Reply } from "@luna/shared/http/reply";
import * as v from "valibot";

import { findPassword, hasPassword, isStill, setPassword } from "./account-store.ts";
import { inSession, type AuthContext } from "./context.ts";
import { voidEmailChanges } from "./email-change-store.ts";
import { GivenPassword, NewPassword } from "./password.ts";
import { voidResets } from "./reset-store.ts";
import { endOtherSessions } from "./session-store.ts";
import { pushEndedSessions } from "./subject-push.ts";
import { commitAndTell } from "./tell-subject.ts";

export const ChangePasswordBody = v.strictObject({
  currentPassword: GivenPassword,
  newPassword: NewPassword,
});

const wrong = (): Failure => new Failure("invalid_credentials", "The current password is wrong.");

/** Whoever knows the password may change it; every other device must then sign in again. */
export const changePassword = async (
  { body }: { body: v.InferOutput<typeof ChangePasswordBody> },
  context: AuthContext,
): Promise<Reply | Failure> => {
  const { db, now, trace, passwords } = context;
  const { accountId, sessionId } = inSession(context);
  const known = await findPassword(db, accountId);
  const right = await passwords.verify(body.currentPassword, known?.passwordHash ?? null);
  if (known === null || !right) return wrong();

  const hash = await passwords.hash(body.newPassword);
  const changed = hasPassword(accountId, hash);
  const [set] = await commitAndTell(
    context,
    [
      setPassword(accountId, hash, now, isStill(known.account, known.passwordHash)),
      auditRow(
        { actor: accountId, action: "password.changed", subject: accountId },
        trace,
        now,
        sql`changes() = 1`,
      ),
      endOtherSessions({ id: sessionId, accountId }, "password_changed", now, changed),
      voidResets(accountId, now, changed),
      voidEmailChanges(accountId, now, changed),
    ],
    pushEndedSessions(
      accountId,
      sql`id <> ${sessionId} AND revoked_because = 'password_changed' AND ${changed}`,
      now,
    ),
  );
  return set?.changes === 1 ? reply(204) : wrong();
};
