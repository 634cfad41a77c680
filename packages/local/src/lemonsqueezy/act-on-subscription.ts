import { err, ok, type Result } from "@luna/shared/rpc/result";

import { chargeSubscription } from "./charge-subscription.ts";
import type { Event } from "./event.ts";
import { changedKey, newKey } from "./license-key.ts";
import { act, type Action, type Details, EVENTS, isPossible } from "./lifecycle.ts";
import type { Customer, Subscription } from "./records.ts";
import { refundPayment } from "./refund-payment.ts";
import { representInvoice, representOrder } from "./represent-payment.ts";
import { representKey } from "./represent-store.ts";
import { representSubscription } from "./represent-subscription.ts";
import { record, type Shop } from "./shop.ts";
import type { Put } from "./state.ts";

type Consequences = Result<{ puts: Put[]; events: Pick<Event, "name" | "data">[] }, "impossible">;

export const customerOf = ({ state }: Shop, row: { customerId: number }): Customer => {
  const customer = state.get("customers", row.customerId);
  if (customer === undefined) throw new Error(`no customer ${row.customerId}`);
  return customer;
};

const refund = (shop: Shop, row: Subscription, how: Details, now: number): Consequences => {
  const refunded = refundPayment(shop, row, how.amount, now);
  if (!refunded.ok) return refunded;
  const { invoice, order } = refunded.value;
  const customer = customerOf(shop, row);
  const puts: Put[] = [{ table: "invoices", row: invoice }];
  const data = representInvoice(shop.store, invoice, customer, now);
  const events = [{ name: "subscription_payment_refunded", data }];
  if (order !== undefined) {
    puts.push({ table: "orders", row: order });
    const orderData = representOrder(shop.store, order, customer, now);
    events.unshift({ name: "order_refunded", data: orderData });
  }
  return ok({ puts, events });
};

/** The first time makes the key of the order; after that, says what became of it. */
const issueKey = (shop: Shop, row: Subscription, how: Details, now: number): Consequences => {
  const order = shop.state.get("orders", row.orderId);
  if (order === undefined) throw new Error(`no order ${row.orderId}`);
  const known = shop.state.list("licenseKeys").find(({ orderId }) => orderId === row.orderId);
  const key =
    known === undefined
      ? newKey(shop, order, now)
      : changedKey(known, how.keyStatus ?? "active", now);
  const name = known === undefined ? "license_key_created" : "license_key_updated";
  const data = representKey(shop.store, key, order, customerOf(shop, row));
  return ok({ puts: [{ table: "licenseKeys", row: key }], events: [{ name, data }] });
};

/** Whether the provider keeps quiet about this: PayPal's payments are never told. */
const isUntold = (name: string, { processor }: Subscription): boolean =>
  processor === "paypal" && name === "subscription_payment_success";

const change = (
  shop: Shop,
  action: keyof typeof EVENTS,
  { before, after }: { before: Subscription; after: Subscription },
  how: Details,
  now: number,
): Consequences => {
  const customer = customerOf(shop, after);
  const invoice = chargeSubscription(shop, action, { before, after }, how, now);
  const puts: Put[] = [{ table: "subscriptions", row: after }];
  if (invoice !== undefined) puts.push({ table: "invoices", row: invoice });
  const charged = action === "plan" && invoice !== undefined;
  const names = [...EVENTS[action], ...(charged ? ["subscription_payment_success"] : [])];
  const events = names
    .filter((name) => !isUntold(name, after))
    .map((name) => ({
      name,
      data:
        invoice !== undefined && name.startsWith("subscription_payment_")
          ? representInvoice(shop.store, invoice, customer, now)
          : representSubscription(shop.store, after, customer, now),
    }));
  return ok({ puts, events });
};

/** Does what a buyer, the bank or the calendar would do, and tells the webhook about it. */
export const actOnSubscription = async (
  shop: Shop,
  action: Action,
  before: Subscription,
  how: Details = {},
): Promise<Result<Subscription, "impossible">> => {
  if (!isPossible(action, before.status)) {
    return err("impossible", `A subscription that is ${before.status} cannot ${action}.`);
  }
  const now = shop.clock();
  const after = act(action, before, now, how);
  const done =
    action === "refund"
      ? refund(shop, before, how, now)
      : action === "key"
        ? issueKey(shop, before, how, now)
        : change(shop, action, { before, after }, how, now);
  if (!done.ok) return done;
  const { custom, orderId } = before;
  const events = done.value.events.map((event): Event => ({ ...event, custom, orderId }));
  await record(shop, done.value.puts, events);
  return ok(after);
};
