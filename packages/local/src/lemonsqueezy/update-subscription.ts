import { parseObject } from "../fault.ts";
import type { Call, Reply } from "../http-server.ts";
import { actOnSubscription, customerOf } from "./act-on-subscription.ts";
import { apiFailure, apiReply } from "./api-reply.ts";
import { findVariant } from "./catalog.ts";
import { type Action, touch } from "./lifecycle.ts";
import type { Subscription } from "./records.ts";
import { representSubscription } from "./represent-subscription.ts";
import { record, type Shop } from "./shop.ts";

export const subscriptionReply = (shop: Shop, row: Subscription): Reply => {
  const data = representSubscription(shop.store, row, customerOf(shop, row), shop.clock());
  return apiReply(200, { data });
};

/** Does nothing, successfully, when the subscription is already as wanted. */
const bring = async (
  shop: Shop,
  row: Subscription,
  action: Action,
  already: boolean,
): Promise<Reply> => {
  if (already) return subscriptionReply(shop, row);
  const done = await actOnSubscription(shop, action, row);
  return done.ok ? subscriptionReply(shop, done.value) : apiFailure(422, done.detail);
};

const changeVariant = async (shop: Shop, row: Subscription, id: string): Promise<Reply> => {
  const variant = findVariant(id);
  const pointer = "/data/attributes/variant_id";
  if (variant === undefined) return apiFailure(422, "The variant does not exist.", pointer);
  const now = shop.clock();
  const itemUpdatedAt = Math.max(now, row.itemUpdatedAt);
  const changed = touch(row, { tier: variant.tier, itemUpdatedAt }, now);
  const data = representSubscription(shop.store, changed, customerOf(shop, changed), now);
  const event = { name: "subscription_updated", data, custom: changed.custom };
  await record(shop, [{ table: "subscriptions", row: changed }], [event]);
  return subscriptionReply(shop, changed);
};

/** `PATCH /v1/subscriptions/:id` with one of `variant_id`, `cancelled` or `pause`. */
export const updateSubscription = async (
  shop: Shop,
  row: Subscription,
  { body }: Call,
): Promise<Reply> => {
  const data = parseObject(body.toString())?.["data"] as
    | { attributes?: Record<string, unknown> }
    | undefined;
  const { variant_id: variantId, cancelled, pause } = data?.attributes ?? {};
  if (typeof variantId === "number" || typeof variantId === "string") {
    return changeVariant(shop, row, String(variantId));
  }
  if (cancelled === true) return cancelSubscription(shop, row);
  if (cancelled === false) return bring(shop, row, "resume", row.status !== "cancelled");
  if (pause === null) return bring(shop, row, "unpause", row.status !== "paused");
  if (typeof pause === "object") return bring(shop, row, "pause", row.status === "paused");
  return apiFailure(422, "Nothing to change was given.", "/data/attributes");
};

/** `DELETE /v1/subscriptions/:id`: ends when the paid period does. */
export const cancelSubscription = (shop: Shop, row: Subscription): Promise<Reply> =>
  bring(shop, row, "cancel", row.status === "cancelled" || row.status === "expired");
