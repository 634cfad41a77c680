import type { PaidTier, SubscriptionStatus } from "@luna/shared/plans";

import type { KeyStatus, Subscription } from "./records.ts";

export const ACTIONS = [
  "renew",
  "fail",
  "recover",
  "pause",
  "unpause",
  "cancel",
  "resume",
  "expire",
  "plan",
  "seats",
  "refund",
  "key",
] as const;
export type Action = (typeof ACTIONS)[number];

/** What some actions want to know. Times are milliseconds since 1970, money is US cents. */
export interface Details {
  /** Of a pause: no service, or service without payment; and until when, if that is known. */
  mode?: "void" | "free";
  resumesAt?: number;
  /** The plan to change to, and whether the difference is charged now or with the next renewal. */
  tier?: PaidTier;
  invoiceNow?: boolean;
  quantity?: number;
  /** How much is given back; all that is left if not said. */
  amount?: number;
  keyStatus?: KeyStatus;
}

const PAYING: readonly SubscriptionStatus[] = ["on_trial", "active", "past_due"];
const LIVING: readonly SubscriptionStatus[] = [...PAYING, "unpaid", "paused"];

/** The statuses from which each action is possible. */
const FROM: Readonly<Record<Action, readonly SubscriptionStatus[]>> = {
  renew: ["on_trial", "active"],
  fail: PAYING,
  recover: ["past_due", "unpaid"],
  pause: PAYING,
  unpause: ["paused"],
  cancel: LIVING,
  resume: ["cancelled"],
  expire: [...LIVING, "cancelled"],
  plan: PAYING,
  seats: PAYING,
  refund: [...LIVING, "cancelled", "expired"],
  key: [...LIVING, "cancelled", "expired"],
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

const paid = ({ renewsAt, itemUpdatedAt }: Subscription, now: number): Patch => ({
  status: "active",
  failures: 0,
  renewsAt: nextMonth(renewsAt),
  itemUpdatedAt: itemUpdatedAt ?? now,
});

/** A trial that was cancelled or paused goes on as one while it lasts and nothing was charged. */
const again = ({ trialEndsAt, itemUpdatedAt }: Subscription, now: number): SubscriptionStatus =>
  trialEndsAt !== null && itemUpdatedAt === null && now < trialEndsAt ? "on_trial" : "active";

const laterItem = ({ itemUpdatedAt }: Subscription, now: number): number =>
  Math.max(now, itemUpdatedAt ?? 0);

/** What each action changes. A refund or a key leaves the subscription as it is. */
const PATCHES: Readonly<Record<Action, (row: Subscription, now: number, how: Details) => Patch>> = {
  renew: paid,
  fail: ({ failures }) => ({
    failures: failures + 1,
    status: failures + 1 < CHARGES_BEFORE_UNPAID ? "past_due" : "unpaid",
  }),
  recover: paid,
  pause: (_row, _now, { mode = "void", resumesAt = null }) => ({
    status: "paused",
    pause: { mode, resumesAt },
  }),
  unpause: (row, now) => ({ status: again(row, now), pause: null }),
  cancel: ({ renewsAt }, now) => ({
    status: "cancelled",
    pause: null,
    endsAt: Math.max(renewsAt, now),
  }),
  resume: (row, now) => ({ status: again(row, now), endsAt: null }),
  expire: (_row, now) => ({ status: "expired", pause: null, endsAt: now }),
  plan: (row, now, { tier = row.tier }) => ({ tier, itemUpdatedAt: laterItem(row, now) }),
  seats: (row, now, { quantity = row.quantity }) => ({
    quantity,
    itemUpdatedAt: laterItem(row, now),
  }),
  refund: () => ({}),
  key: () => ({}),
};

/** The subscription after an action that is possible. Its clocks never go back in time. */
export const act = (
  action: Action,
  row: Subscription,
  now: number,
  how: Details = {},
): Subscription => {
  if (action === "refund" || action === "key") return row;
  return {
    ...row,
    ...PATCHES[action](row, now, how),
    // Seats move only the item's own clock: the trap that captured traffic shows.
    updatedAt: action === "seats" ? row.updatedAt : Math.max(now, row.updatedAt),
    seenAt: Math.max(now, row.seenAt),
  };
};

/** The events an action sends, in order. Payment events carry the invoice, the rest the subscription. */
export const EVENTS: Readonly<Record<Exclude<Action, "refund" | "key">, readonly string[]>> = {
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
  // Documented nowhere, sent all the same.
  plan: ["subscription_plan_changed", "subscription_updated"],
  seats: ["subscription_updated"],
};
