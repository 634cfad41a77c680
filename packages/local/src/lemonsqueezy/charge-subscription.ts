import { catalogEntry } from "./catalog.ts";
import type { Action, Details } from "./lifecycle.ts";
import type { Invoice, Subscription } from "./records.ts";
import type { Shop } from "./shop.ts";

export const invoicesOf = ({ state }: Shop, { id }: Subscription): Invoice[] =>
  state.list("invoices").filter(({ subscriptionId }) => subscriptionId === id);

const priceOf = ({ tier, quantity }: Subscription): number =>
  catalogEntry(tier).monthlyCents * quantity;

const freshInvoice = (
  shop: Shop,
  row: Subscription,
  reason: Invoice["reason"],
  total: number,
  now: number,
): Invoice => ({
  id: shop.state.nextId("invoices"),
  subscriptionId: row.id,
  customerId: row.customerId,
  reason,
  status: "pending",
  total,
  refundedAmount: 0,
  refundedAt: null,
  createdAt: now,
  updatedAt: now,
});

/**
 * The invoice that an action charges or fails to charge, if it is about money: the open one if there
 * is one, else a new renewal; or the difference to a dearer plan.
 */
export const chargeSubscription = (
  shop: Shop,
  action: Action,
  { before, after }: { before: Subscription; after: Subscription },
  how: Details,
  now: number,
): Invoice | undefined => {
  if (action === "plan") {
    const difference = priceOf(after) - priceOf(before);
    if (how.invoiceNow !== true || difference <= 0) return undefined;
    return { ...freshInvoice(shop, after, "updated", difference, now), status: "paid" };
  }
  if (action !== "renew" && action !== "fail" && action !== "recover") return undefined;
  const open = invoicesOf(shop, before).findLast(({ status }) => status === "pending");
  return {
    ...(open ?? freshInvoice(shop, before, "renewal", priceOf(before), now)),
    status: action === "fail" ? "pending" : "paid",
    updatedAt: now,
  };
};
