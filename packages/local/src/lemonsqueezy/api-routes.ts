import type { Call, Reply, Route } from "../http-server.ts";
import {
  API_KINDS,
  type Entry,
  filtersOf,
  findObject,
  type Kind,
  listObjects,
} from "./api-objects.ts";
import { apiFailure, apiPage, apiReply } from "./api-reply.ts";
import { CATALOG } from "./catalog.ts";
import { createCheckout } from "./create-checkout.ts";
import { representVariant } from "./represent-store.ts";
import type { Shop } from "./shop.ts";
import { updateCustomer } from "./update-customer.ts";
import { cancelSubscription, updateSubscription } from "./update-subscription.ts";

const FILTER = /^filter\[(.+)\]$/;

/** `filter[x]` compares with the attribute `x`, as in the provider's lists. */
const list = (
  { store }: Shop,
  call: Call,
  entries: readonly Entry[],
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
  const kept = entries.filter((entry) =>
    filters.every(
      // Everything is in the one store there is; drawing up each entry to see that takes seconds.
      ({ field, value }) => String(field === "store_id" ? store.id : entry.field(field)) === value,
    ),
  );
  return apiPage(call, store.origin, kept, (entry) => entry.show());
};

const NOT_FOUND = apiFailure(404, "The requested resource could not be found.");

const readRoutes = (shop: Shop, kind: Kind): Route[] => [
  ["GET", `/v1/${kind}`, (call) => list(shop, call, listObjects(shop, kind), filtersOf(kind))],
  [
    "GET",
    `/v1/${kind}/:id`,
    ({ params }) => {
      const data = findObject(shop, kind, params["id"] ?? "");
      return data === undefined ? NOT_FOUND : apiReply(200, { data });
    },
  ],
];

/** The provider's REST API as far as a subscription business needs it. Custom data is in none of it. */
export const apiRoutes = (shop: Shop): Route[] => {
  const { state, store } = shop;
  const variants = CATALOG.map((entry): Entry => {
    const resource = representVariant(store, entry);
    return {
      createdAt: 0,
      field: (name) => resource.attributes[name],
      show: () => representVariant(store, entry),
    };
  });
  const change = <N extends "subscriptions" | "customers">(
    table: N,
    answer: (row: NonNullable<ReturnType<typeof state.get<N>>>, call: Call) => Promise<Reply>,
  ) => {
    return (call: Call): Reply | Promise<Reply> => {
      const row = state.get(table, Number(call.params["id"]));
      return row === undefined ? NOT_FOUND : answer(row, call);
    };
  };
  return [
    ["POST", "/v1/checkouts", (call) => createCheckout(shop, call)],
    ...API_KINDS.flatMap((kind) => readRoutes(shop, kind)),
    [
      "PATCH",
      "/v1/subscriptions/:id",
      change("subscriptions", (row, call) => updateSubscription(shop, row, call)),
    ],
    [
      "DELETE",
      "/v1/subscriptions/:id",
      change("subscriptions", (row) => cancelSubscription(shop, row)),
    ],
    [
      "PATCH",
      "/v1/customers/:id",
      change("customers", (row, call) => updateCustomer(shop, row, call)),
    ],
    ["GET", "/v1/variants", (call) => list(shop, call, variants, ["product_id", "status"])],
  ];
};
