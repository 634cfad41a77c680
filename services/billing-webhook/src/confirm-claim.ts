import { sha256Hex } from "@luna/shared/bytes";
import { Failure } from "@luna/shared/http/problem";
import { reply, type Reply } from "@luna/shared/http/reply";
import { newId } from "@luna/shared/id";
import * as v from "valibot";

import { applyDue } from "./apply-event.ts";
import { ownClaims } from "./claim-store.ts";
import { signedIn, type BillingContext } from "./context.ts";

export const ConfirmBody = v.strictObject({ token: v.pipe(v.string(), v.maxLength(200)) });
export const ConfirmAnswer = v.strictObject({ status: v.literal("linked") });

/**
 * `POST /v1/billing/claim/confirm`: whoever asked and can read the mail of the purchase owns it. A link
 * that somebody else follows binds nothing: neither to them nor to the one who asked.
 */
export const confirmClaim = async (
  { body }: { body: v.InferOutput<typeof ConfirmBody> },
  context: BillingContext,
): Promise<Reply | Failure> => {
  const { billing, trace, now } = context;
  const caller = signedIn(context);
  await billing.sweeper.arm();
  const hash = await sha256Hex(body.token);
  const confirmed = await ownClaims(billing.db, caller).confirm(hash, newId(now), trace, now);
  if (confirmed === null)
    return new Failure("invalid_token", "This link is invalid, expired, used or not yours.");
  const { owner } = confirmed;
  if (owner?.kind !== "user" || owner.id !== caller.userId)
    return new Failure("conflict", "This purchase belongs to another account.");
  await applyDue(billing);
  return reply(200, { status: "linked" });
};
