import type { PaidTier, SubscriptionStatus } from "@luna/shared/plans";

import type { Resource } from "./json-api.ts";

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
  updatedAt: number;
}

export interface Order {
  id: number;
  identifier: string;
  customerId: number;
  tier: PaidTier;
  total: number;
  custom: Record<string, string>;
  /** So much was given back; all of it is a refund, less a partial one. */
  refundedAmount: number;
  refundedAt: number | null;
  createdAt: number;
  updatedAt: number;
}

export type Processor = "stripe" | "paypal";

export interface Subscription {
  id: number;
  customerId: number;
  orderId: number;
  itemId: number;
  /** `null` on trial: the item comes with the first charge. */
  itemUpdatedAt: number | null;
  tier: PaidTier;
  /** Seats. */
  quantity: number;
  processor: Processor;
  trialEndsAt: number | null;
  status: SubscriptionStatus;
  pause: { mode: "void" | "free"; resumesAt: number | null } | null;
  /** Failed charges since the last paid one. */
  failures: number;
  custom: Record<string, string>;
  renewsAt: number;
  endsAt: number | null;
  createdAt: number;
  updatedAt: number;
  /** The latest moment it was drawn up for: its links expire six hours after, never earlier. */
  seenAt: number;
}

export interface Invoice {
  id: number;
  subscriptionId: number;
  customerId: number;
  reason: "initial" | "renewal" | "updated";
  status: "pending" | "paid" | "partial_refund" | "refunded";
  total: number;
  refundedAmount: number;
  refundedAt: number | null;
  createdAt: number;
  updatedAt: number;
}

export const KEY_STATUSES = ["inactive", "active", "expired", "disabled"] as const;
export type KeyStatus = (typeof KEY_STATUSES)[number];

export interface LicenseKey {
  id: number;
  orderId: number;
  customerId: number;
  key: string;
  status: KeyStatus;
  /** On how many machines it was activated. */
  instances: number;
  createdAt: number;
  updatedAt: number;
}

export interface Attempt {
  at: number;
  /** How long the receiver took, in milliseconds. */
  ms: number;
  /** The HTTP status the sender goes by, or what went wrong instead of one. */
  outcome: number | string;
  /** The status that really came back, if one did. Chaos may make the sender believe another. */
  answered: number | null;
  /** Sent by hand, outside the ladder. */
  resent?: true;
}

/** What is sent. It never changes; how far it got is its `Progress`. */
export interface Delivery {
  id: number;
  eventName: string;
  webhookId: string | null;
  /** The bytes that are signed; ASCII only, so a string holds them exactly. */
  body: string;
  createdAt: number;
}

export interface Progress {
  /** Its delivery's. */
  id: number;
  state: "pending" | "delivered" | "dropped";
  attempts: Attempt[];
  /** When the next attempt is due, while pending. */
  dueAt: number;
}

export interface Chaos {
  /** Decides each chance below, so that a run can be repeated; `null` throws real dice. */
  seed: number | null;
  /** The chance that an event is never sent. */
  drop: number;
  /** The chance that no event of a purchase, first to last, is ever sent. */
  dropWhole: number;
  /** The chance that a delivered event is sent again, and how often. */
  repeat: number;
  times: number;
  /** The chance that an event waits, so that later ones overtake it. */
  reorder: number;
  /** Every event waits up to so many seconds of the ladder's scale. */
  delay: number;
  /** The chance that an attempt is signed with another secret. */
  wrongSecret: number;
  /** The status the sender believes it received instead of the real one; `null` believes the real one. */
  status: number | null;
  /** The chance that it believes so. */
  statusRate: number;
}

/** An object as the API shows it that no operation here made: the end of a trace. */
export interface Guest {
  /** `<type>/<id>`. */
  id: string;
  resource: Resource;
}

export interface Tables {
  checkouts: Checkout;
  customers: Customer;
  orders: Order;
  subscriptions: Subscription;
  invoices: Invoice;
  licenseKeys: LicenseKey;
  deliveries: Delivery;
  progress: Progress;
  chaos: Chaos & { id: number };
  guests: Guest;
}
