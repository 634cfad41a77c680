import { auditRow } from "@luna/shared/audit";
import { sha256Hex } from "@luna/shared/bytes";
import { Failure } from "@luna/shared/http/problem";
import { reply, type Reply } from "@luna/shared/http/reply";
import { newId } from "@luna/shared/id";
import * as v from "valibot";

import { raiseGeneration, setPassword } from "./account-store.ts";
import type { AuthContext } from "./context.ts";
import { voidEmailChanges } from "./email-change-store.ts";
import { NewPassword } from "./password.ts";
import { claimReset, findOpenReset, resetClaimed, voidResets } from "./reset-store.ts";
import { pushAccount } from "./subject-push.ts";
import { commitAndTell } from "./tell-subject.ts";

export const ResetPasswordBody = v.strictObject({
  token: v.pipe(v.string(), v.maxLength(200)),
  password: NewPassword,
});

const invalidToken = (): Failure =>
  new Failure("invalid_token", "This link is invalid, expired or already used.");

/** Sets a new password, once per link, and signs everybody out. */
export const resetPassword = async (
  { body }: { body: v.InferOutput<typeof ResetPasswordBody> },
  context: AuthContext,
): Promise<Reply | Failure> => {
  const { db, now, trace, config } = context;
  const reset = await findOpenReset(db, await sha256Hex(body.token), now);
  // Asked first, because a hash costs far more than a made-up token.
  if (reset === null) return invalidToken();

  const { accountId } = reset;
  const claimId = newId(now);
  const when = resetClaimed(claimId);
  const hash = await context.passwords.hash(body.password);
  const [claim] = await commitAndTell(
    context,
    [
      claimReset(reset.id, claimId, now),
      setPassword(accountId, hash, now, when),
      raiseGeneration(accountId, now, when),
      voidResets(accountId, now, when),
      voidEmailChanges(accountId, now, when),
      auditRow(
        { actor: accountId, action: "password.reset", subject: accountId },
        trace,
        now,
        when,
      ),
    ],
    pushAccount(accountId, config.ADMIN_EMAILS, when),
  );
  return claim?.changes === 1 ? reply(204) : invalidToken();
};
