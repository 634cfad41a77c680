import type { Event } from "./event.ts";
import type { Paid } from "./purchase.ts";
import { representInvoice, representOrder } from "./represent-payment.ts";
import { representKey } from "./represent-store.ts";
import { representSubscription } from "./represent-subscription.ts";
import type { Shop } from "./shop.ts";

/**
 * The events of a purchase. `subscription_updated` follows a moment later with the *same*
 * `updated_at`; only the item's `updated_at` and the links' `expires` tell it from the first, which
 * is what five of six captured purchases show.
 */
export const purchaseEvents = ({ store }: Shop, paid: Paid, now: number): Event[] => {
  const { order, subscription, invoice, key, customer } = paid;
  const shared = { custom: order.custom, orderId: order.id };
  const { createdAt, itemUpdatedAt } = subscription;
  const before = {
    ...subscription,
    itemUpdatedAt: itemUpdatedAt === null ? null : createdAt,
    seenAt: now,
  };
  const events: Event[] = [
    { name: "order_created", data: representOrder(store, order, customer, now), ...shared },
    {
      name: "subscription_created",
      data: representSubscription(store, before, customer, now),
      ...shared,
    },
    {
      name: "subscription_updated",
      data: representSubscription(store, subscription, customer, now),
      ...shared,
      after: 1,
    },
  ];
  if (key !== null) {
    const data = representKey(store, key, order, customer);
    events.push({ name: "license_key_created", data, ...shared });
  }
  // PayPal's payments are never told: the status of the subscription is the only sign.
  if (invoice !== null && subscription.processor !== "paypal") {
    const data = representInvoice(store, invoice, customer, now);
    events.push({ name: "subscription_payment_success", data, ...shared });
  }
  return events;
};
