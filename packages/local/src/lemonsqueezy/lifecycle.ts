import type { SubscriptionStatus } from "@luna/shared/plans";

import type { Invoice, Subscription } from "./records.ts";

export const ACTIONS = [
  "renew",
  "fail",
  "recover",
  "pause",
  "unpause",
  "cancel",
  "resume",
  "expire",
  "refund",
] as const;
export type Action = (typeof ACTIONS)[number];

const PAYING: readonly SubscriptionStatus[] = ["on_trial", "active", "past_due"];

/** The statuses from which each action is possible. */
const FROM: Readonly<Record<Action, readonly SubscriptionStatus[]>> = {
  renew: ["on_trial", "active"],
  fail: PAYING,
  recover: ["past_due", "unpaid"],
  pause: PAYING,
  unpause: ["paused"],
  cancel: [...PAYING, "unpaid", "paused"],
  resume: ["cancelled"],
  expire: [...PAYING, "unpaid", "paused", "cancelled"],
  refund: [...PAYING, "unpaid", "paused", "cancelled", "expired"],
};

export const isPossible = (action: Action, status: SubscriptionStatus): boolean =>
  FROM[action].includes(status);

/** Charges are tried four times over two weeks; then the subscription is unpaid. */
const CHARGES_BEFORE_UNPAID = 4;

/** The same day of the next month, or its last day. UTC. */
export const nextMonth = (ms: number): number => {
  const date = new Date(ms);
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + 2, 0);
  date.setUTCDate(Math.min(day, date.getUTCDate()));
  return date.getTime();
};

type Patch = Partial<Subscription>;

const paid = ({ renewsAt }: Subscription): Patch => ({
  status: "active",
  failures: 0,
  renewsAt: nextMonth(renewsAt),
});

/** What each action changes. A refund gives money back and leaves the subscription as it is. */
const PATCHES: Readonly<Record<Action, (row: Subscription, now: number) => Patch>> = {
  renew: paid,
  fail: ({ failures }) => ({
    failures: failures + 1,
    status: failures + 1 < CHARGES_BEFORE_UNPAID ? "past_due" : "unpaid",
  }),
  recover: paid,
  pause: () => ({ status: "paused", pause: { mode: "void", resumesAt: null } }),
  unpause: () => ({ status: "active", pause: null }),
  cancel: ({ renewsAt }, now) => ({
    status: "cancelled",
    pause: null,
    endsAt: Math.max(renewsAt, now),
  }),
  resume: () => ({ status: "active", endsAt: null }),
  expire: (_row, now) => ({ status: "expired", pause: null, endsAt: now }),
  refund: () => ({}),
};

/**
 * The subscription with `patch`. Its clocks never go back in time, whatever the machine's does.
 */
export const touch = (row: Subscription, patch: Patch, now: number): Subscription => ({
  ...row,
  ...patch,
  updatedAt: Math.max(now, row.updatedAt),
  seenAt: Math.max(now, row.seenAt),
});

/** The subscription after an action that is possible. */
export const act = (action: Action, row: Subscription, now: number): Subscription =>
  action === "refund" ? row : touch(row, PATCHES[action](row, now), now);

/** The events an action sends, in order. Payment events carry the invoice, the rest the subscription. */
export const EVENTS: Readonly<Record<Action, readonly string[]>> = {
  renew: ["subscription_updated", "subscription_payment_success"],
  fail: ["subscription_updated", "subscription_payment_failed"],
  recover: [
    "subscription_updated",
    "subscription_payment_success",
    "subscription_payment_recovered",
  ],
  pause: ["subscription_paused", "subscription_updated"],
  unpause: ["subscription_unpaused", "subscription_updated"],
  cancel: ["subscription_cancelled", "subscription_updated"],
  resume: ["subscription_resumed", "subscription_updated"],
  expire: ["subscription_expired", "subscription_updated"],
  refund: ["subscription_payment_refunded"],
};

/** The invoice that a charge touches: the unpaid one if there is one, else a new renewal. */
export const charge = (
  action: "renew" | "fail" | "recover",
  open: Invoice | undefined,
  renewal: Invoice,
  now: number,
): Invoice => ({
  ...(open ?? renewal),
  status: action === "fail" ? "pending" : "paid",
  updatedAt: now,
});
