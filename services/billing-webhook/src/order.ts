export const ORDER_STATUSES = [
  "pending",
  "failed",
  "paid",
  "refunded",
  "partial_refund",
  "fraudulent",
] as const;

/** One purchase; a subscription's first payment is one too. Money in cents, times in ms. */
export interface Order {
  id: string;
  customerId: string;
  /** The uuid on the buyer's receipt. */
  identifier: string;
  /** What was bought; `null` where the payload has no first item. */
  variantId: string | null;
  status: (typeof ORDER_STATUSES)[number];
  /** ISO 4217, upper case. */
  currency: string;
  total: number;
  refunded: number;
  createdAt: number;
}
