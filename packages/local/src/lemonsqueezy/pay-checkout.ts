import { randomUUID } from "node:crypto";

import { catalogEntry } from "./catalog.ts";
import type { Event } from "./event.ts";
import { nextMonth } from "./lifecycle.ts";
import type { Checkout, Customer, Invoice, Order, Subscription } from "./records.ts";
import { representInvoice, representOrder } from "./represent-payment.ts";
import { representSubscription } from "./represent-subscription.ts";
import { record, type Shop } from "./shop.ts";

export interface Paid {
  checkout: Checkout;
  order: Order;
  subscription: Subscription;
  invoice: Invoice;
  customer: Customer;
}

const SECOND_MS = 1_000;

/** One customer per address, as in a real store. */
const customerFor = (shop: Shop, email: string, name: string, now: number): Customer =>
  shop.state
    .list("customers")
    .find((customer) => customer.email.toLowerCase() === email.toLowerCase()) ?? {
    id: shop.state.nextId("customers"),
    email,
    name,
    createdAt: now,
  };

/**
 * The four events of a purchase. `subscription_updated` follows a moment later with the *same*
 * `updated_at`; only the item's `updated_at` and the links' `expires` tell it from the first, which
 * is what five of six captured purchases show.
 */
const purchaseEvents = (shop: Shop, paid: Paid, now: number): Event[] => {
  const { order, subscription, invoice, customer } = paid;
  const { store } = shop;
  const { custom } = order;
  const before = { ...subscription, itemUpdatedAt: subscription.createdAt, seenAt: now };
  return [
    { name: "order_created", data: representOrder(store, order, customer, now), custom },
    {
      name: "subscription_created",
      data: representSubscription(store, before, customer, now),
      custom,
    },
    {
      name: "subscription_updated",
      data: representSubscription(store, subscription, customer, now),
      custom,
      after: 1,
    },
    {
      name: "subscription_payment_success",
      data: representInvoice(store, invoice, customer, now),
      custom,
    },
  ];
};

/** Turns an open checkout into an order, a subscription and its first invoice. */
export const payCheckout = async (
  shop: Shop,
  checkout: Checkout,
  buyer: { email: string; name: string },
): Promise<Paid> => {
  const { state } = shop;
  const now = shop.clock();
  const dates = { createdAt: now, updatedAt: now };
  const total = catalogEntry(checkout.tier).monthlyCents;
  const customer = customerFor(shop, buyer.email, buyer.name, now);
  const order: Order = {
    id: state.nextId("orders"),
    identifier: randomUUID(),
    customerId: customer.id,
    tier: checkout.tier,
    total,
    custom: checkout.custom,
    refundedAt: null,
    ...dates,
  };
  const id = state.nextId("subscriptions");
  const subscription: Subscription = {
    id,
    customerId: customer.id,
    orderId: order.id,
    itemId: id,
    itemUpdatedAt: now + SECOND_MS,
    tier: checkout.tier,
    status: "active",
    pause: null,
    failures: 0,
    custom: checkout.custom,
    renewsAt: nextMonth(now),
    endsAt: null,
    seenAt: now + SECOND_MS,
    ...dates,
  };
  const invoice: Invoice = {
    id: state.nextId("invoices"),
    subscriptionId: id,
    customerId: customer.id,
    reason: "initial",
    status: "paid",
    total,
    refundedAt: null,
    ...dates,
  };
  const paid = {
    checkout: { ...checkout, orderId: order.id },
    order,
    subscription,
    invoice,
    customer,
  };
  await record(
    shop,
    [
      { table: "checkouts", row: paid.checkout },
      { table: "customers", row: customer },
      { table: "orders", row: order },
      { table: "subscriptions", row: subscription },
      { table: "invoices", row: invoice },
    ],
    purchaseEvents(shop, paid, now),
  );
  return paid;
};

/** Why a checkout cannot be paid, or `null`. */
export const whyClosed = (checkout: Checkout, now: number): "paid" | "expired" | null => {
  if (checkout.orderId !== null) return "paid";
  return checkout.expiresAt !== null && checkout.expiresAt <= now ? "expired" : null;
};
