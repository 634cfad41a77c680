import type { Call, Reply, Route } from "../http-server.ts";
import { customerOf } from "./act-on-subscription.ts";
import { apiFailure, apiPage, apiReply } from "./api-reply.ts";
import { CATALOG } from "./catalog.ts";
import { createCheckout } from "./create-checkout.ts";
import type { Resource } from "./json-api.ts";
import type { Tables } from "./records.ts";
import { representInvoice, representOrder } from "./represent-payment.ts";
import { representCustomer, representVariant } from "./represent-store.ts";
import { representSubscription } from "./represent-subscription.ts";
import type { Shop } from "./shop.ts";
import {
  cancelSubscription,
  subscriptionReply,
  updateSubscription,
} from "./update-subscription.ts";

const FILTER = /^filter\[(.+)\]$/;

/** `filter[x]` compares with the attribute `x`, as in the provider's lists. */
const list = (
  shop: Shop,
  call: Call,
  resources: readonly Resource[],
  allowed: readonly string[],
): Reply => {
  const filters = [...call.url.searchParams].flatMap(([name, value]) => {
    const field = FILTER.exec(name)?.[1];
    return field === undefined ? [] : [{ field, value }];
  });
  const unknown = filters.find(({ field }) => !allowed.includes(field));
  if (unknown !== undefined) {
    return apiFailure(400, `Filter parameter ${unknown.field} is not allowed.`);
  }
  const kept = resources.filter(({ attributes }) =>
    filters.every(({ field, value }) => String(attributes[field]) === value),
  );
  return apiPage(call, shop.store.origin, kept, (resource) => resource);
};

const NOT_FOUND = apiFailure(404, "The requested resource could not be found.");

/** The provider's REST API as far as a subscription business needs it. Custom data is in none of it. */
export const apiRoutes = (shop: Shop): Route[] => {
  const { state, store, clock } = shop;
  const newest = <N extends "subscriptions" | "orders" | "invoices">(table: N): Tables[N][] =>
    state.list(table).toReversed();
  const byId = <N extends "subscriptions" | "orders" | "customers">(
    table: N,
    answer: (row: Tables[N], call: Call) => Reply | Promise<Reply>,
  ) => {
    return (call: Call): Reply | Promise<Reply> => {
      const row = state.get(table, Number(call.params["id"]));
      return row === undefined ? NOT_FOUND : answer(row, call);
    };
  };

  return [
    ["POST", "/v1/checkouts", (call) => createCheckout(shop, call)],
    [
      "GET",
      "/v1/subscriptions",
      (call) =>
        list(
          shop,
          call,
          newest("subscriptions").map((row) =>
            representSubscription(store, row, customerOf(shop, row), clock()),
          ),
          [
            "store_id",
            "order_id",
            "order_item_id",
            "product_id",
            "variant_id",
            "user_email",
            "status",
          ],
        ),
    ],
    ["GET", "/v1/subscriptions/:id", byId("subscriptions", (row) => subscriptionReply(shop, row))],
    [
      "PATCH",
      "/v1/subscriptions/:id",
      byId("subscriptions", (row, call) => updateSubscription(shop, row, call)),
    ],
    [
      "DELETE",
      "/v1/subscriptions/:id",
      byId("subscriptions", (row) => cancelSubscription(shop, row)),
    ],
    [
      "GET",
      "/v1/subscription-invoices",
      (call) =>
        list(
          shop,
          call,
          newest("invoices").map((row) =>
            representInvoice(store, row, customerOf(shop, row), clock()),
          ),
          ["store_id", "status", "refunded", "subscription_id"],
        ),
    ],
    [
      "GET",
      "/v1/orders",
      (call) =>
        list(
          shop,
          call,
          newest("orders").map((row) => representOrder(store, row, customerOf(shop, row), clock())),
          ["store_id", "user_email", "order_number"],
        ),
    ],
    [
      "GET",
      "/v1/orders/:id",
      byId("orders", (row) =>
        apiReply(200, { data: representOrder(store, row, customerOf(shop, row), clock()) }),
      ),
    ],
    [
      "GET",
      "/v1/customers/:id",
      byId("customers", (row) => apiReply(200, { data: representCustomer(store, row, clock()) })),
    ],
    [
      "GET",
      "/v1/variants",
      (call) =>
        list(
          shop,
          call,
          CATALOG.map((entry) => representVariant(store, entry)),
          ["product_id", "status"],
        ),
    ],
  ];
};
