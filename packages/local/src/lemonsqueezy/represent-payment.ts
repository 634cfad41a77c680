import { catalogEntry } from "./catalog.ts";
import {
  dollars,
  formatted,
  optionalTimestamp,
  type Resource,
  resource,
  type Store,
  timestamp,
} from "./json-api.ts";
import type { Customer, Invoice, Order } from "./records.ts";
import { signLink } from "./signature.ts";

/** The money fields that orders and invoices share. There is no tax and no discount here. */
const money = (total: number, refundedAmount: number): Record<string, unknown> => ({
  currency: "USD",
  currency_rate: "1.00000000",
  subtotal: total,
  discount_total: 0,
  tax: 0,
  total,
  refunded_amount: refundedAmount,
  subtotal_usd: total,
  discount_total_usd: 0,
  tax_usd: 0,
  total_usd: total,
  refunded_amount_usd: refundedAmount,
  subtotal_formatted: dollars(total),
  discount_total_formatted: dollars(0),
  tax_formatted: dollars(0),
  total_formatted: dollars(total),
  refunded_amount_formatted: dollars(refundedAmount),
  tax_inclusive: false,
});

export const representOrder = (
  store: Store,
  row: Order,
  customer: Customer,
  now: number,
): Resource => {
  const { name, productId, variantId, priceId } = catalogEntry(row.tier);
  // True only when everything was given back; a part shows in the amount alone.
  const refunded = row.refundedAmount > 0 && row.refundedAmount === row.total;
  const partial = row.refundedAmount > 0 && !refunded;
  const status = refunded ? "refunded" : partial ? "partial_refund" : "paid";
  const created = timestamp(row.createdAt);
  return resource(
    store,
    "orders",
    row.id,
    {
      store_id: store.id,
      customer_id: row.customerId,
      identifier: row.identifier,
      order_number: row.id,
      user_name: customer.name,
      user_email: customer.email,
      ...money(row.total, row.refundedAmount),
      tax_name: "",
      // Captured both ways: text on a new order, a number once it was loaded again.
      tax_rate: row.refundedAt === null ? "0.00" : 0,
      status,
      status_formatted: formatted(status),
      refunded,
      refunded_at: optionalTimestamp(row.refundedAt),
      first_order_item: {
        id: row.id,
        order_id: row.id,
        product_id: productId,
        variant_id: variantId,
        price_id: priceId,
        product_name: name,
        variant_name: "Default",
        price: row.total,
        quantity: 1,
        created_at: created,
        updated_at: created,
        test_mode: true,
      },
      urls: { receipt: signLink(store.linkSecret, store.origin, `/portal/${row.customerId}`, now) },
      created_at: created,
      updated_at: timestamp(row.updatedAt),
      test_mode: true,
    },
    ["store", "customer", "order-items", "subscriptions", "license-keys", "discount-redemptions"],
  );
};

export const representInvoice = (
  store: Store,
  row: Invoice,
  customer: Customer,
  now: number,
): Resource => {
  const refunded = row.status === "refunded";
  return resource(
    store,
    "subscription-invoices",
    row.id,
    {
      store_id: store.id,
      subscription_id: row.subscriptionId,
      customer_id: row.customerId,
      user_name: customer.name,
      user_email: customer.email,
      billing_reason: row.reason,
      card_brand: "visa",
      card_last_four: "4242",
      ...money(row.total, row.refundedAmount),
      status: row.status,
      status_formatted: formatted(row.status),
      // Captured both ways: `false` on the first invoice, `0` on renewals.
      refunded: row.reason === "renewal" ? Number(refunded) : refunded,
      refunded_at: optionalTimestamp(row.refundedAt),
      urls: {
        // There is nothing to download before it is paid.
        invoice_url:
          row.status === "pending"
            ? null
            : signLink(store.linkSecret, store.origin, `/portal/${row.customerId}`, now),
      },
      created_at: timestamp(row.createdAt),
      updated_at: timestamp(row.updatedAt),
      test_mode: true,
    },
    ["store", "subscription", "customer"],
  );
};
