import { randomUUID } from "node:crypto";

import { catalogEntry } from "./catalog.ts";
import { newKey } from "./license-key.ts";
import { nextMonth } from "./lifecycle.ts";
import type {
  Checkout,
  Customer,
  Invoice,
  LicenseKey,
  Order,
  Processor,
  Subscription,
} from "./records.ts";
import type { Shop } from "./shop.ts";

/** What of a purchase the buyer or the product decides. */
export interface Terms {
  quantity?: number;
  /** The first charge comes after so many days. */
  trialDays?: number;
  processor?: Processor;
  /** The product comes with a licence key. */
  licenseKey?: boolean;
}

export interface Paid {
  order: Order;
  subscription: Subscription;
  customer: Customer;
  /** None on trial. */
  invoice: Invoice | null;
  key: LicenseKey | null;
}

const SECOND_MS = 1_000;
const DAY_MS = 24 * 60 * 60 * SECOND_MS;

/** Everything a purchase brings into the world, not yet written down. */
export const purchase = (
  shop: Shop,
  { tier, custom }: Pick<Checkout, "tier" | "custom">,
  customer: Customer,
  { quantity = 1, trialDays = 0, processor = "stripe", licenseKey = false }: Terms,
  now: number,
): Paid => {
  const { state } = shop;
  const dates = { createdAt: now, updatedAt: now };
  const price = catalogEntry(tier).monthlyCents * quantity;
  const refunds = { refundedAmount: 0, refundedAt: null };
  const onTrial = trialDays > 0;
  const customerId = customer.id;
  const order: Order = {
    id: state.nextId("orders"),
    identifier: randomUUID(),
    customerId,
    tier,
    total: onTrial ? 0 : price,
    custom,
    ...refunds,
    ...dates,
  };
  const id = state.nextId("subscriptions");
  const trialEndsAt = onTrial ? now + trialDays * DAY_MS : null;
  const subscription: Subscription = {
    id,
    customerId,
    orderId: order.id,
    itemId: id,
    itemUpdatedAt: onTrial ? null : now + SECOND_MS,
    tier,
    quantity,
    processor,
    trialEndsAt,
    status: onTrial ? "on_trial" : "active",
    pause: null,
    failures: 0,
    custom,
    renewsAt: trialEndsAt ?? nextMonth(now),
    endsAt: null,
    seenAt: now + SECOND_MS,
    ...dates,
  };
  const invoice: Invoice | null = onTrial
    ? null
    : {
        id: state.nextId("invoices"),
        subscriptionId: id,
        customerId,
        reason: "initial",
        status: "paid",
        total: price,
        ...refunds,
        ...dates,
      };
  const key = licenseKey ? newKey(shop, order, now) : null;
  return { order, subscription, customer, invoice, key };
};
