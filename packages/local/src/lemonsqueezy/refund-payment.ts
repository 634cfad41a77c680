import { err, ok, type Result } from "@luna/shared/rpc/result";

import { invoicesOf } from "./charge-subscription.ts";
import type { Invoice, Order, Subscription } from "./records.ts";
import type { Shop } from "./shop.ts";

/** A payment after money was given back, and its order too if it was the first. */
export interface Refund {
  invoice: Invoice;
  order: Order | undefined;
}

const left = ({ total, refundedAmount }: Invoice): number => total - refundedAmount;

/** Gives `amount` of the latest payment back that has anything left, or all of it. */
export const refundPayment = (
  shop: Shop,
  row: Subscription,
  amount: number | undefined,
  now: number,
): Result<Refund, "impossible"> => {
  const paid = invoicesOf(shop, row).findLast((one) => one.status !== "pending" && left(one) > 0);
  if (paid === undefined) return err("impossible", "No paid invoice is left to refund.");
  const given = amount ?? left(paid);
  if (given > left(paid)) return err("impossible", `Only ${left(paid)} cents are left to refund.`);
  const refunded = { refundedAmount: paid.refundedAmount + given, refundedAt: now, updatedAt: now };
  const invoice: Invoice = {
    ...paid,
    ...refunded,
    status: given === left(paid) ? "refunded" : "partial_refund",
  };
  const order = shop.state.get("orders", row.orderId);
  return ok({
    invoice,
    order: paid.reason === "initial" && order !== undefined ? { ...order, ...refunded } : undefined,
  });
};
