import { type Paid, purchase, type Terms } from "./purchase.ts";
import { purchaseEvents } from "./purchase-events.ts";
import type { Checkout, Customer } from "./records.ts";
import { record, type Shop } from "./shop.ts";
import type { Put } from "./state.ts";

interface Buyer {
  email: string;
  name: string;
}

/** One customer per address, as in a real store. */
const customerFor = (shop: Shop, { email, name }: Buyer, now: number): Customer =>
  shop.state
    .list("customers")
    .find((customer) => customer.email.toLowerCase() === email.toLowerCase()) ?? {
    id: shop.state.nextId("customers"),
    email,
    name,
    createdAt: now,
    updatedAt: now,
  };

/** Sells what a checkout offers: an order, a subscription and, unless on trial, its first invoice. */
export const sell = async (
  shop: Shop,
  offer: Pick<Checkout, "tier" | "custom">,
  buyer: Buyer,
  terms: Terms,
  others: (paid: Paid) => Put[] = () => [],
): Promise<Paid> => {
  const now = shop.clock();
  const paid = purchase(shop, offer, customerFor(shop, buyer, now), terms, now);
  const puts: Put[] = [
    ...others(paid),
    { table: "customers", row: paid.customer },
    { table: "orders", row: paid.order },
    { table: "subscriptions", row: paid.subscription },
  ];
  if (paid.invoice !== null) puts.push({ table: "invoices", row: paid.invoice });
  if (paid.key !== null) puts.push({ table: "licenseKeys", row: paid.key });
  await record(shop, puts, purchaseEvents(shop, paid, now));
  return paid;
};

/** Pays an open checkout, which closes it. */
export const payCheckout = (
  shop: Shop,
  checkout: Checkout,
  buyer: Buyer,
  terms: Terms = {},
): Promise<Paid> =>
  sell(shop, checkout, buyer, terms, ({ order }) => [
    { table: "checkouts", row: { ...checkout, orderId: order.id } },
  ]);

/** Why a checkout cannot be paid, or `null`. */
export const whyClosed = (checkout: Checkout, now: number): "paid" | "expired" | null => {
  if (checkout.orderId !== null) return "paid";
  return checkout.expiresAt !== null && checkout.expiresAt <= now ? "expired" : null;
};
