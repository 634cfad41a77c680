import { SUBSCRIPTION_STATUSES } from "@luna/shared/plans";
import * as v from "valibot";

import type { Clock } from "../clock.ts";
import type { Subscription } from "../subscription.ts";
import { Count, Id, Links, linksExpireAt, orNull, Text, Time } from "./payload.ts";

const LINKS_READ = ["customer_portal", "update_payment_method"];

const Attributes = v.object({
  customer_id: Id,
  order_id: Id,
  variant_id: Id,
  product_name: v.optional(Text, ""),
  status: v.picklist(SUBSCRIPTION_STATUSES),
  pause: orNull(v.object({ mode: v.picklist(["void", "free"]) })),
  trial_ends_at: orNull(Time),
  renews_at: orNull(Time),
  ends_at: orNull(Time),
  created_at: Time,
  updated_at: Time,
  urls: Links,
  // `null` while on trial; seat changes move its own updated_at and not the subscription's.
  first_subscription_item: orNull(v.object({ quantity: orNull(Count), updated_at: orNull(Time) })),
});

/** `data` of an event or an API answer, whose `type` is `subscriptions`. */
export const SubscriptionData = v.object({ id: Id, attributes: Attributes });

/** State comes from `status` and never from an event's name: the two are known to contradict. */
export const toSubscription = ({
  id,
  attributes: a,
}: v.InferOutput<typeof SubscriptionData>): { value: Subscription; clock: Clock } => ({
  value: {
    id,
    customerId: a.customer_id,
    orderId: a.order_id,
    variantId: a.variant_id,
    productName: a.product_name,
    status: a.status,
    pause: a.status === "paused" ? (a.pause?.mode ?? "void") : null,
    quantity: a.first_subscription_item?.quantity ?? null,
    trialEndsAt: a.trial_ends_at,
    renewsAt: a.renews_at,
    endsAt: a.ends_at,
    createdAt: a.created_at,
  },
  clock: {
    updatedAt: a.updated_at,
    itemUpdatedAt: a.first_subscription_item?.updated_at ?? 0,
    urlsExpireAt: linksExpireAt(a.urls, LINKS_READ),
  },
});
