import { reply, type Reply } from "@luna/shared/http/reply";
import { PAID_TIERS, SUBSCRIPTION_STATUSES } from "@luna/shared/plans";
import * as v from "valibot";

import { signedIn, type BillingContext } from "./context.ts";
import { foremost } from "./subscription.ts";
import { ownSubscriptions } from "./subscription-store.ts";
import { isoOrNull, NullableTime } from "./time.ts";
import { tierOf } from "./variants.ts";

export const SubscriptionAnswer = v.strictObject({
  /** `null` without a subscription, like every field below but `status`. */
  id: v.nullable(v.string()),
  /** `null` too for a product that is none of the plans. */
  plan: v.nullable(v.picklist(PAID_TIERS)),
  status: v.picklist(["none", ...SUBSCRIPTION_STATUSES]),
  pause: v.nullable(v.picklist(["void", "free"])),
  trialEndsAt: NullableTime,
  renewsAt: NullableTime,
  endsAt: NullableTime,
});

const NONE: v.InferOutput<typeof SubscriptionAnswer> = {
  id: null,
  plan: null,
  status: "none",
  pause: null,
  trialEndsAt: null,
  renewsAt: null,
  endsAt: null,
};

/** `GET /v1/billing/subscription`: what the provider says; what it entitles to is on `/v1/me`. */
export const getSubscription = async (_input: unknown, context: BillingContext): Promise<Reply> => {
  const { config, db } = context.billing;
  const found = foremost(await ownSubscriptions(db, signedIn(context)).list());
  if (found === null) return reply(200, NONE);
  const answer: v.InferOutput<typeof SubscriptionAnswer> = {
    id: found.id,
    plan: tierOf(found.variantId, config.LEMONSQUEEZY_VARIANTS),
    status: found.status,
    pause: found.pause,
    trialEndsAt: isoOrNull(found.trialEndsAt),
    renewsAt: isoOrNull(found.renewsAt),
    endsAt: isoOrNull(found.endsAt),
  };
  return reply(200, answer);
};
