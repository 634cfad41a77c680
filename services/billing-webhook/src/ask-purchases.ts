import type { Billing } from "./billing.ts";
import { lemonSqueezyEvents } from "./lemonsqueezy/provider.ts";
import type { Resource } from "./lemonsqueezy/resource.ts";
import { purchaseStore } from "./purchase-store.ts";
import type { Told } from "./told.ts";

/** What an operator knows of a purchase. */
export type Search =
  | { by: "email"; email: string }
  | { by: "order"; order: string }
  | { by: "customer"; customer: string };

/** What the provider says of a search. */
export interface Asked {
  told: Told[];
  /** Order → address typed at its checkout. */
  emails: Map<string, string>;
  /** Whether it could be asked. */
  answered: boolean;
}

const emailIn = ({ attributes }: Resource): string | null => {
  const email = attributes["user_email"] ?? attributes["email"];
  return typeof email === "string" && email !== "" ? email : null;
};

const orderOf = ({ kind, value }: Told): string | null => {
  if (kind === "order") return value.id;
  return kind === "subscription" ? value.orderId : null;
};

const asked = (resources: readonly Resource[], answered: boolean): Asked => {
  const told: Told[] = [];
  const emails = new Map<string, string>();
  for (const resource of resources) {
    const event = lemonSqueezyEvents.readEvent(lemonSqueezyEvents.wrapObject(resource));
    if (typeof event === "string") continue;
    told.push(event.told);
    const orderId = orderOf(event.told);
    const email = emailIn(resource);
    if (orderId !== null && email !== null) emails.set(orderId, email);
  }
  return { told, emails, answered };
};

const ofCustomer =
  (customerId: string) =>
  ({ attributes }: Resource): boolean =>
    `${attributes["customer_id"] as string | number}` === customerId;

const byEmail = async ({ lemonSqueezy }: Billing, email: string) => {
  const filter = { user_email: email };
  const lists = await Promise.all([
    lemonSqueezy.list("orders", { filter, pace: "person" }),
    lemonSqueezy.list("subscriptions", { filter, pace: "person" }),
  ]);
  const resources = lists.flatMap((list) => (list.ok ? list.value.resources : []));
  return { resources, answered: lists.every(({ ok }) => ok) };
};

/** Asks the provider, which alone knows addresses; an operator waits. Never throws. */
export const askPurchases = async (billing: Billing, search: Search): Promise<Asked> => {
  const { lemonSqueezy, db } = billing;
  if (search.by === "email") {
    const { resources, answered } = await byEmail(billing, search.email);
    return asked(resources, answered);
  }
  if (search.by === "customer") {
    const customer = await lemonSqueezy.fetchObject("customers", search.customer, "person");
    if (!customer.ok) return asked([], customer.code === "not_found");
    const email = emailIn(customer.value);
    if (email === null) return asked([], true);
    const { resources, answered } = await byEmail(billing, email);
    return asked(resources.filter(ofCustomer(search.customer)), answered);
  }
  const orderId = await purchaseStore(db).orderIdOf(search.order);
  if (orderId === null) return asked([], true);
  const [order, subscriptions] = await Promise.all([
    lemonSqueezy.fetchObject("orders", orderId, "person"),
    lemonSqueezy.list("subscriptions", { filter: { order_id: orderId }, pace: "person" }),
  ]);
  const resources = [
    ...(order.ok ? [order.value] : []),
    ...(subscriptions.ok ? subscriptions.value.resources : []),
  ];
  const unknown = !order.ok && order.code === "not_found";
  return asked(resources, (order.ok || unknown) && subscriptions.ok);
};
