import { type CatalogEntry, catalogEntry } from "./catalog.ts";
import {
  formatted,
  optionalTimestamp,
  type Resource,
  resource,
  type Store,
  timestamp,
} from "./json-api.ts";
import type { Checkout, Customer, LicenseKey, Order } from "./records.ts";
import { portalPath } from "./represent-subscription.ts";
import { signLink } from "./signature.ts";

/** When the emulator's products were made; nothing reads it. */
const CATALOG_CREATED = "2026-01-01T00:00:00.000000Z";

export const representVariant = (store: Store, entry: CatalogEntry): Resource =>
  resource(
    store,
    "variants",
    entry.variantId,
    {
      product_id: entry.productId,
      name: "Default",
      slug: entry.tier,
      description: `<p>${entry.name}</p>`,
      price: entry.monthlyCents,
      is_subscription: true,
      interval: "month",
      interval_count: 1,
      has_free_trial: false,
      trial_interval: "day",
      trial_interval_count: 30,
      pay_what_you_want: false,
      has_license_keys: false,
      sort: 1,
      status: "published",
      status_formatted: "Published",
      created_at: CATALOG_CREATED,
      updated_at: CATALOG_CREATED,
      test_mode: true,
    },
    ["product", "files", "price-model"],
  );

export const representCustomer = (store: Store, row: Customer, now: number): Resource =>
  resource(
    store,
    "customers",
    row.id,
    {
      store_id: store.id,
      name: row.name,
      email: row.email,
      status: "subscribed",
      status_formatted: "Subscribed",
      city: null,
      region: null,
      country: "US",
      country_formatted: "United States",
      urls: {
        customer_portal: signLink(store.linkSecret, store.origin, portalPath(row.id), now),
      },
      created_at: timestamp(row.createdAt),
      updated_at: timestamp(row.updatedAt),
      test_mode: true,
    },
    ["store", "orders", "subscriptions", "license-keys"],
  );

/** The last group is all of a key that may be shown. */
const VISIBLE = 12;
const MOST_MACHINES = 3;

export const representKey = (
  store: Store,
  row: LicenseKey,
  order: Order,
  customer: Customer,
): Resource =>
  resource(
    store,
    "license-keys",
    row.id,
    {
      store_id: store.id,
      customer_id: row.customerId,
      order_id: row.orderId,
      order_item_id: row.orderId,
      product_id: catalogEntry(order.tier).productId,
      user_name: customer.name,
      user_email: customer.email,
      key: row.key,
      key_short: `XXXX-${row.key.slice(-VISIBLE)}`,
      activation_limit: MOST_MACHINES,
      instances_count: row.instances,
      disabled: row.status === "disabled",
      status: row.status,
      status_formatted: formatted(row.status),
      expires_at: null,
      created_at: timestamp(row.createdAt),
      updated_at: timestamp(row.updatedAt),
      test_mode: true,
    },
    ["store", "customer", "order", "order-item", "product", "license-key-instances"],
  );

export const representCheckout = (store: Store, row: Checkout): Resource =>
  resource(
    store,
    "checkouts",
    row.id,
    {
      store_id: store.id,
      variant_id: catalogEntry(row.tier).variantId,
      custom_price: null,
      product_options: { redirect_url: row.redirectUrl ?? "" },
      checkout_options: {},
      checkout_data: { email: row.email, name: row.name, custom: row.custom },
      expires_at: optionalTimestamp(row.expiresAt),
      created_at: timestamp(row.createdAt),
      updated_at: timestamp(row.createdAt),
      test_mode: true,
      url: `${store.origin}/checkout/${row.id}`,
    },
    ["store", "variant"],
  );
