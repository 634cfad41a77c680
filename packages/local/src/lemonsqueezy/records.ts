import type { PaidTier, SubscriptionStatus } from "@luna/shared/plans";

/** What the emulator keeps. Times are milliseconds since 1970, money is US cents. */

export interface Checkout {
  id: string;
  tier: PaidTier;
  email: string;
  name: string;
  /** What the buyer's checkout carries into every webhook. Values are strings by then. */
  custom: Record<string, string>;
  redirectUrl: string | null;
  expiresAt: number | null;
  createdAt: number;
  /** Set once paid. */
  orderId: number | null;
}

export interface Customer {
  id: number;
  email: string;
  name: string;
  createdAt: number;
}

export interface Order {
  id: number;
  identifier: string;
  customerId: number;
  tier: PaidTier;
  total: number;
  custom: Record<string, string>;
  refundedAt: number | null;
  createdAt: number;
  updatedAt: number;
}

export interface Subscription {
  id: number;
  customerId: number;
  orderId: number;
  itemId: number;
  itemUpdatedAt: number;
  tier: PaidTier;
  status: SubscriptionStatus;
  pause: { mode: "void" | "free"; resumesAt: number | null } | null;
  /** Failed charges since the last paid one. */
  failures: number;
  custom: Record<string, string>;
  renewsAt: number;
  endsAt: number | null;
  createdAt: number;
  updatedAt: number;
  /** The latest moment any representation was made for; see `representedAt`. */
  seenAt: number;
}

export interface Invoice {
  id: number;
  subscriptionId: number;
  customerId: number;
  reason: "initial" | "renewal";
  status: "pending" | "paid" | "refunded";
  total: number;
  refundedAt: number | null;
  createdAt: number;
  updatedAt: number;
}

export interface Attempt {
  at: number;
  /** The HTTP status, or what went wrong instead of one. */
  outcome: number | string;
}

export interface Delivery {
  id: number;
  eventName: string;
  webhookId: string;
  /** The bytes that are signed; ASCII only, so a string holds them exactly. */
  body: string;
  state: "pending" | "delivered" | "dropped";
  attempts: Attempt[];
  /** When the next attempt is due, while pending. */
  dueAt: number;
  createdAt: number;
}

export interface Chaos {
  /** The chance that an event is never sent. */
  drop: number;
  /** The chance that a delivered event is sent once more. */
  repeat: number;
  /** The chance that an event waits, so that later ones overtake it. */
  reorder: number;
  /** The status the sender believes it received instead of the real one; `null` believes the real one. */
  status: number | null;
}

export interface Tables {
  checkouts: Checkout;
  customers: Customer;
  orders: Order;
  subscriptions: Subscription;
  invoices: Invoice;
  deliveries: Delivery;
  chaos: Chaos & { id: number };
}
