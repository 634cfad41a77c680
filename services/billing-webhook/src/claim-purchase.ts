import { newToken, sha256Hex } from "@luna/shared/bytes";
import type { Failure } from "@luna/shared/http/problem";
import { reply, type Reply } from "@luna/shared/http/reply";
import { newId } from "@luna/shared/id";
import { seal } from "@luna/shared/key-set";
import { commitWithEffects } from "@luna/shared/outbox/outbox";
import { LIMITS } from "@luna/shared/plans";
import { tooMany } from "@luna/shared/rate-limiter/too-many";
import { sealPurpose } from "@luna/shared/rpc/mailer";
import * as v from "valibot";

import { insertClaim, mayMail, ownClaims, type Allowance } from "./claim-store.ts";
import { signedIn, type BillingContext } from "./context.ts";

export const ClaimBody = v.strictObject({
  /** The uuid on the receipt that the provider mailed. */
  orderIdentifier: v.pipe(v.string(), v.trim(), v.regex(/^[\w-]{8,64}$/, "is no order identifier")),
});
export const ClaimAnswer = v.strictObject({ status: v.literal("check_email") });

const HOUR_MS = 60 * 60 * 1_000;
/** Like the links of a sign-up: the mail may be read tomorrow. */
const LINK_MS = 24 * HOUR_MS;

/**
 * `POST /v1/billing/claim`: mails a link to the address of the purchase, never to the caller's. The
 * same answer after the same work whether or not there is such an order: who is asked is looked up
 * when the mail is made.
 */
export const claimPurchase = async (
  { body }: { body: v.InferOutput<typeof ClaimBody> },
  context: BillingContext,
): Promise<Reply | Failure> => {
  const { billing, trace, now, waitUntil } = context;
  const { config, db } = billing;
  const caller = signedIn(context);
  const since = now - HOUR_MS;
  const allow = (most: number): Allowance => ({
    most: Math.ceil(most * config.RATE_LIMIT_SCALE),
    since,
  });
  const token = newToken();
  const claim = {
    id: newId(now),
    userId: caller.userId,
    identifier: body.orderIdentifier.toLowerCase(),
    tokenHash: await sha256Hex(token),
    createdAt: now,
    expiresAt: now + LINK_MS,
  };
  const link = new URL("/billing/claim", config.APP_URL || config.API_URL);
  link.searchParams.set("token", token);
  const key = `claim:${claim.id}:1`;
  const sealedLink = await seal(config.MAIL_SEAL_KEYS, link.href, sealPurpose(key));
  const { outcomes, relay } = await commitWithEffects(
    { ...billing, trace },
    [insertClaim(claim, allow(LIMITS.claimsPerHour.perAccount))],
    [
      {
        effect: "mail.claim",
        key,
        payload: { id: claim.id, sealedLink },
        when: mayMail(claim, allow(LIMITS.claimsPerHour.perOrder)),
      },
    ],
  );
  if (outcomes[0]?.changes !== 1) {
    const oldest = await ownClaims(db, caller).oldestSince(since);
    const retryAt = (oldest ?? now) + HOUR_MS;
    return tooMany({ limits: [], violated: ["claims"], retryAt }, now);
  }
  waitUntil(relay());
  return reply(202, { status: "check_email" });
};
