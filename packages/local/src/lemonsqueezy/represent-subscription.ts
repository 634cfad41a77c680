import { catalogEntry } from "./catalog.ts";
import {
  formatted,
  optionalTimestamp,
  type Resource,
  resource,
  type Store,
  timestamp,
} from "./json-api.ts";
import type { Customer, Subscription } from "./records.ts";
import { signLink } from "./signature.ts";

const RELATED = [
  "store",
  "customer",
  "order",
  "order-item",
  "product",
  "variant",
  "subscription-items",
  "subscription-invoices",
];

export const portalPath = (customerId: number): string => `/portal/${customerId}`;

/**
 * The subscription as of `now`. `urls` carry `expires`, which never goes backwards for one
 * subscription: receivers use it to order events of the same second.
 */
export const representSubscription = (
  store: Store,
  row: Subscription,
  customer: Customer,
  now: number,
): Resource => {
  const { name, productId, variantId, priceId } = catalogEntry(row.tier);
  const at = Math.max(now, row.seenAt);
  const link = (path: string): string => signLink(store.linkSecret, store.origin, path, at);
  const portal = portalPath(row.customerId);
  return resource(
    store,
    "subscriptions",
    row.id,
    {
      store_id: store.id,
      customer_id: row.customerId,
      order_id: row.orderId,
      order_item_id: row.orderId,
      product_id: productId,
      variant_id: variantId,
      product_name: name,
      variant_name: "Default",
      user_name: customer.name,
      user_email: customer.email,
      status: row.status,
      status_formatted: formatted(row.status),
      card_brand: row.processor === "paypal" ? null : "visa",
      card_last_four: row.processor === "paypal" ? null : "4242",
      payment_processor: row.processor,
      pause:
        row.pause === null
          ? null
          : { mode: row.pause.mode, resumes_at: optionalTimestamp(row.pause.resumesAt) },
      cancelled: row.status === "cancelled",
      trial_ends_at: optionalTimestamp(row.trialEndsAt),
      billing_anchor: new Date(row.createdAt).getUTCDate(),
      // Null while on trial, as captured; many integrations crash on that.
      first_subscription_item:
        row.itemUpdatedAt === null
          ? null
          : {
              id: row.itemId,
              subscription_id: row.id,
              price_id: priceId,
              quantity: row.quantity,
              is_usage_based: false,
              created_at: timestamp(row.createdAt),
              updated_at: timestamp(row.itemUpdatedAt),
            },
      urls: {
        update_payment_method: link(portal),
        customer_portal: link(portal),
        customer_portal_update_subscription: link(portal),
      },
      renews_at: timestamp(row.renewsAt),
      ends_at: optionalTimestamp(row.endsAt),
      created_at: timestamp(row.createdAt),
      updated_at: timestamp(row.updatedAt),
      test_mode: true,
    },
    RELATED,
  );
};
