import { customerOf } from "./act-on-subscription.ts";
import type { Resource } from "./json-api.ts";
import type { Tables } from "./records.ts";
import { representInvoice, representOrder } from "./represent-payment.ts";
import { representCustomer, representKey } from "./represent-store.ts";
import { representSubscription } from "./represent-subscription.ts";
import type { Shop } from "./shop.ts";

/** One entry of a list. It is drawn up only when its page is asked for. */
export interface Entry {
  /** Milliseconds since 1970. */
  createdAt: number;
  field(name: string): unknown;
  show(): Resource;
}

/** The kinds of objects the API lists, and by which attributes each can be filtered. */
const KINDS = {
  subscriptions: {
    table: "subscriptions",
    filters: [
      "store_id",
      "order_id",
      "order_item_id",
      "product_id",
      "variant_id",
      "user_email",
      "status",
    ],
  },
  orders: { table: "orders", filters: ["store_id", "user_email", "order_number"] },
  "subscription-invoices": {
    table: "invoices",
    filters: ["store_id", "status", "refunded", "subscription_id"],
  },
  "license-keys": {
    table: "licenseKeys",
    filters: ["store_id", "order_id", "order_item_id", "product_id", "status"],
  },
  customers: { table: "customers", filters: ["store_id", "email"] },
} as const;
export type Kind = keyof typeof KINDS;
type Table = (typeof KINDS)[Kind]["table"];

export const API_KINDS = Object.keys(KINDS) as Kind[];
export const filtersOf = (kind: Kind): readonly string[] => KINDS[kind].filters;

const orderOf = ({ state }: Shop, { orderId }: { orderId: number }): Tables["orders"] => {
  const order = state.get("orders", orderId);
  if (order === undefined) throw new Error(`no order ${orderId}`);
  return order;
};

const SHOW: { [N in Table]: (shop: Shop, row: Tables[N]) => Resource } = {
  subscriptions: (shop, row) =>
    representSubscription(shop.store, row, customerOf(shop, row), shop.clock()),
  orders: (shop, row) => representOrder(shop.store, row, customerOf(shop, row), shop.clock()),
  invoices: (shop, row) => representInvoice(shop.store, row, customerOf(shop, row), shop.clock()),
  licenseKeys: (shop, row) =>
    representKey(shop.store, row, orderOf(shop, row), customerOf(shop, row)),
  customers: (shop, row) => representCustomer(shop.store, row, shop.clock()),
};

const show = <N extends Table>(shop: Shop, table: N, row: Tables[N]): Resource =>
  SHOW[table](shop, row);

/** An object by its id; what a trace left behind comes first. */
export const findObject = (shop: Shop, kind: Kind, id: string): Resource | undefined => {
  const guest = shop.state.get("guests", `${kind}/${id}`);
  if (guest !== undefined) return guest.resource;
  const { table } = KINDS[kind];
  const row = /^\d+$/.test(id) ? shop.state.get(table, Number(id)) : undefined;
  return row === undefined ? undefined : show(shop, table, row as never);
};

/** Every object of a kind, newest first. */
export const listObjects = (shop: Shop, kind: Kind): Entry[] => {
  const { table } = KINDS[kind];
  const own = shop.state.list(table).map((row): Entry => {
    const shown = (): Resource => show(shop, table, row as never);
    const { createdAt } = row;
    return { createdAt, field: (name) => shown().attributes[name], show: shown };
  });
  const guests = shop.state
    .list("guests")
    .filter(({ resource }) => resource.type === kind)
    .map(({ resource }): Entry => ({
      createdAt: Date.parse(String(resource.attributes["created_at"])),
      field: (name) => resource.attributes[name],
      show: () => resource,
    }));
  // Of those of one moment, such as in a bulk, the last is the newest.
  return [...own, ...guests].toReversed().toSorted((a, b) => b.createdAt - a.createdAt);
};
