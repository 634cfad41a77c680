import { err, ok, type Result } from "@luna/shared/rpc/result";

import { catalogEntry } from "./catalog.ts";
import type { Event } from "./event.ts";
import { act, type Action, charge, EVENTS, isPossible } from "./lifecycle.ts";
import type { Customer, Invoice, Order, Subscription } from "./records.ts";
import { representInvoice, representOrder } from "./represent-payment.ts";
import { representSubscription } from "./represent-subscription.ts";
import { record, type Shop } from "./shop.ts";
import type { Put } from "./state.ts";

export const customerOf = ({ state }: Shop, row: { customerId: number }): Customer => {
  const customer = state.get("customers", row.customerId);
  if (customer === undefined) throw new Error(`no customer ${row.customerId}`);
  return customer;
};

const invoicesOf = ({ state }: Shop, { id }: Subscription): Invoice[] =>
  state.list("invoices").filter(({ subscriptionId }) => subscriptionId === id);

/** The invoice an action touches, and the order too when the first payment is given back. */
const paymentOf = (
  shop: Shop,
  action: Action,
  row: Subscription,
  now: number,
): { invoice?: Invoice; order?: Order; missing?: boolean } => {
  const invoices = invoicesOf(shop, row);
  if (action === "refund") {
    const paid = invoices.findLast(({ status }) => status === "paid");
    if (paid === undefined) return { missing: true };
    const invoice: Invoice = { ...paid, status: "refunded", refundedAt: now, updatedAt: now };
    const order = shop.state.get("orders", row.orderId);
    return paid.reason === "initial" && order !== undefined
      ? { invoice, order: { ...order, refundedAt: now, updatedAt: now } }
      : { invoice };
  }
  if (action !== "renew" && action !== "fail" && action !== "recover") return {};
  const open = invoices.findLast(({ status }) => status === "pending");
  const renewal: Invoice = {
    id: open?.id ?? shop.state.nextId("invoices"),
    subscriptionId: row.id,
    customerId: row.customerId,
    reason: "renewal",
    status: "pending",
    total: catalogEntry(row.tier).monthlyCents,
    refundedAt: null,
    createdAt: now,
    updatedAt: now,
  };
  return { invoice: charge(action, open, renewal, now) };
};

/** Does what a buyer, the bank or the calendar would do, and tells the webhook about it. */
export const actOnSubscription = async (
  shop: Shop,
  action: Action,
  current: Subscription,
): Promise<Result<Subscription, "impossible">> => {
  if (!isPossible(action, current.status)) {
    return err("impossible", `A subscription that is ${current.status} cannot ${action}.`);
  }
  const now = shop.clock();
  const row = act(action, current, now);
  const { invoice, order, missing } = paymentOf(shop, action, row, now);
  if (missing === true) return err("impossible", "No paid invoice is left to refund.");

  const customer = customerOf(shop, row);
  const { custom } = row;
  const { store } = shop;
  const events = EVENTS[action].map((name): Event => {
    const data =
      invoice !== undefined && name.startsWith("subscription_payment_")
        ? representInvoice(store, invoice, customer, now)
        : representSubscription(store, row, customer, now);
    return { name, data, custom };
  });
  const puts: Put[] = [{ table: "subscriptions", row }];
  if (invoice !== undefined) puts.push({ table: "invoices", row: invoice });
  if (order !== undefined) {
    puts.push({ table: "orders", row: order });
    const data = representOrder(store, order, customer, now);
    events.unshift({ name: "order_refunded", data, custom });
  }
  await record(shop, puts, events);
  return ok(row);
};
