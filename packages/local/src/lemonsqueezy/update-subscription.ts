import type { Call, Reply } from "../http-server.ts";
import { actOnSubscription, customerOf } from "./act-on-subscription.ts";
import { attributesOf } from "./api-body.ts";
import { apiFailure, apiReply } from "./api-reply.ts";
import { findVariant } from "./catalog.ts";
import type { Action, Details } from "./lifecycle.ts";
import type { Subscription } from "./records.ts";
import { representSubscription } from "./represent-subscription.ts";
import type { Shop } from "./shop.ts";

const subscriptionReply = (shop: Shop, row: Subscription): Reply => {
  const data = representSubscription(shop.store, row, customerOf(shop, row), shop.clock());
  return apiReply(200, { data });
};

/** Does nothing, successfully, when the subscription is already as wanted. */
const bring = async (
  shop: Shop,
  row: Subscription,
  action: Action,
  already: boolean,
  how: Details = {},
): Promise<Reply> => {
  if (already) return subscriptionReply(shop, row);
  const done = await actOnSubscription(shop, action, row, how);
  return done.ok ? subscriptionReply(shop, done.value) : apiFailure(422, done.detail);
};

/** The pause the provider's `{mode, resumes_at}` asks for. */
const pauseOf = (pause: object): Details => {
  const { mode, resumes_at: resumesAt } = pause as Record<string, unknown>;
  const until = typeof resumesAt === "string" ? Date.parse(resumesAt) : Number.NaN;
  return {
    mode: mode === "free" ? "free" : "void",
    ...(Number.isNaN(until) ? {} : { resumesAt: until }),
  };
};

/** `PATCH /v1/subscriptions/:id` with one of `variant_id`, `cancelled` or `pause`. */
export const updateSubscription = async (
  shop: Shop,
  row: Subscription,
  { body }: Call,
): Promise<Reply> => {
  const attributes = attributesOf(body);
  const { variant_id: variantId, cancelled, pause, invoice_immediately: now } = attributes;
  if (typeof variantId === "number" || typeof variantId === "string") {
    const variant = findVariant(String(variantId));
    const pointer = "/data/attributes/variant_id";
    if (variant === undefined) return apiFailure(422, "The variant does not exist.", pointer);
    const { tier } = variant;
    return bring(shop, row, "plan", tier === row.tier, { tier, invoiceNow: now === true });
  }
  if (cancelled === true) return cancelSubscription(shop, row);
  if (cancelled === false) return bring(shop, row, "resume", row.status !== "cancelled");
  if (pause === null) return bring(shop, row, "unpause", row.status !== "paused");
  if (typeof pause === "object") {
    return bring(shop, row, "pause", row.status === "paused", pauseOf(pause));
  }
  return apiFailure(422, "Nothing to change was given.", "/data/attributes");
};

/** `DELETE /v1/subscriptions/:id`: ends when the paid period does. */
export const cancelSubscription = (shop: Shop, row: Subscription): Promise<Reply> =>
  bring(shop, row, "cancel", row.status === "cancelled" || row.status === "expired");
