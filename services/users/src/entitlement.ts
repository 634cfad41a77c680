import { TIERS, type PaidTier, type SubscriptionStatus, type Tier } from "@luna/shared/plans";

/** What the entitlement of an owner depends on. Times in ms since 1970. */
export interface Subscription {
  /** `null` while the bought variant maps to no plan of ours. */
  tier: PaidTier | null;
  status: SubscriptionStatus;
  pause: "void" | "free" | null;
  endsAt: number | null;
  renewsAt: number | null;
}

/** A plan that an operator gave for a while; `until` in ms since 1970. */
export interface Grant {
  tier: PaidTier;
  until: number;
}

export interface Entitlement {
  tier: Tier;
  status: SubscriptionStatus | "none";
  renewsAt: number | null;
  endsAt: number | null;
  /** When this entitlement may change by the mere passing of time; `null` for never. */
  validUntil: number | null;
}

/** Past `ends_at` a cancelled subscription is over, whether or not the provider said so. */
const statusAt = (subscription: Subscription, now: number): SubscriptionStatus =>
  subscription.status === "cancelled" && subscription.endsAt !== null && now >= subscription.endsAt
    ? "expired"
    : subscription.status;

const grantsAccess = (subscription: Subscription, now: number): boolean => {
  switch (statusAt(subscription, now)) {
    case "on_trial":
    case "active":
    // The provider retries the card for two weeks; taking access away meanwhile loses customers.
    case "past_due":
    case "cancelled":
      return true;
    case "paused":
      return subscription.pause === "free";
    case "unpaid":
    case "expired":
      return false;
  }
};

const tierOf = (subscription: Subscription): Tier => subscription.tier ?? "free";

/** The more settled, the later. Tells which of two equal plans an owner is shown. */
const SETTLED: readonly SubscriptionStatus[] = [
  "expired",
  "unpaid",
  "paused",
  "cancelled",
  "past_due",
  "on_trial",
  "active",
];

/** Positive when `a` speaks for its owner rather than `b`; 0 only when both say the same. */
const compare = (a: Subscription, b: Subscription, now: number): number =>
  TIERS.indexOf(tierOf(a)) - TIERS.indexOf(tierOf(b)) ||
  SETTLED.indexOf(statusAt(a, now)) - SETTLED.indexOf(statusAt(b, now)) ||
  // Of two that never end this is NaN, which is as good as 0.
  (a.endsAt ?? Infinity) - (b.endsAt ?? Infinity) ||
  (a.renewsAt ?? 0) - (b.renewsAt ?? 0);

const NONE: Entitlement = {
  tier: "free",
  status: "none",
  renewsAt: null,
  endsAt: null,
  validUntil: null,
};

const fromSubscriptions = (subscriptions: readonly Subscription[], now: number): Entitlement => {
  const granting = subscriptions.filter((subscription) => grantsAccess(subscription, now));
  const pool = granting.length > 0 ? granting : subscriptions;
  const [first, ...rest] = pool;
  if (first === undefined) return NONE;
  const best = rest.reduce((best, next) => (compare(next, best, now) > 0 ? next : best), first);
  const ends = granting.flatMap(({ status, endsAt }) =>
    status === "cancelled" && endsAt !== null ? [endsAt] : [],
  );
  return {
    tier: granting.length > 0 ? tierOf(best) : "free",
    status: statusAt(best, now),
    renewsAt: best.renewsAt,
    endsAt: best.endsAt,
    validUntil: ends.length > 0 ? Math.min(...ends) : null,
  };
};

/** Positive when `a` serves its owner better than `b`. */
const compareGrants = (a: Grant, b: Grant): number =>
  TIERS.indexOf(a.tier) - TIERS.indexOf(b.tier) || a.until - b.until;

/**
 * What an owner may use at `now`: the highest tier among the subscriptions that grant access and the
 * grants that have not ended. A pure function of state and time, so access ends at `ends_at` even if
 * no event ever says so; `renews_at` never cuts access, because the provider sends it wrong.
 */
export const entitlement = (
  subscriptions: readonly Subscription[],
  now: number,
  grants: readonly Grant[] = [],
): Entitlement => {
  const paid = fromSubscriptions(subscriptions, now);
  const live = grants.filter(({ until }) => now < until);
  const [best] = live.toSorted((a, b) => compareGrants(b, a));
  if (best === undefined) return paid;
  const boundaries = live.map(({ until }) => until);
  const validUntil = Math.min(...boundaries, paid.validUntil ?? Infinity);
  return TIERS.indexOf(best.tier) > TIERS.indexOf(paid.tier)
    ? { ...paid, tier: best.tier, endsAt: best.until, validUntil }
    : { ...paid, validUntil };
};
