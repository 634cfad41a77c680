/** The only place for plans, their limits and what the billing provider calls them. */
export type Tier = "free" | "starter" | "pro" | "enterprise";

/** A plan a visitor can buy. */
export type PaidTier = Exclude<Tier, "free">;

export interface Plan {
  tier: Tier;
  name: string;
  /** US cents per month, shown before checkout; the provider charges. */
  monthlyCents: number;
  /** Requests of one user in any rolling hour. */
  userRequestsPerHour: number;
  /** Requests of one API key in a UTC calendar day. */
  keyRequestsPerDay: number;
  /** API keys that may be live at once. */
  liveKeys: number;
}

export const PLANS: Readonly<Record<Tier, Plan>> = {
  free: {
    tier: "free",
    name: "Free",
    monthlyCents: 0,
    userRequestsPerHour: 100,
    keyRequestsPerDay: 100,
    liveKeys: 10,
  },
  starter: {
    tier: "starter",
    name: "Starter",
    monthlyCents: 1_900,
    userRequestsPerHour: 1_000,
    keyRequestsPerDay: 1_000,
    liveKeys: 100,
  },
  pro: {
    tier: "pro",
    name: "Pro",
    monthlyCents: 4_900,
    userRequestsPerHour: 5_000,
    keyRequestsPerDay: 10_000,
    liveKeys: 100,
  },
  enterprise: {
    tier: "enterprise",
    name: "Enterprise",
    monthlyCents: 29_900,
    userRequestsPerHour: 10_000,
    keyRequestsPerDay: 100_000,
    liveKeys: 100,
  },
};

/** Every limit that does not depend on the plan. RATE_LIMIT_SCALE multiplies all of them. */
export const LIMITS = {
  /** Requests without a credential, per IPv4 address or IPv6 /64. */
  anonymousPerMinute: 60,
  /** Credentials that were refused, per address: guessing is slow, a stale tab is not locked out. */
  refusedPerMinute: 60,
  /** Requests of one user that create something. */
  createsPerMinute: 100,
  /** Checkout, portal, sign-out: never the plan's quota, so whoever is limited can still pay. */
  accountPerMinute: 60,
  /** Nobody drains an hour in a second. */
  burst: (perHour: number): number => Math.max(100, perHour / 20),
  burstWindowMs: 10_000,
  /** Attempts to sign in within 15 minutes; exact, and refused when they cannot be counted. */
  signIn: { perAccountAndAddress: 10, perAccount: 100, perAddress: 60 },
  signUpsPerHourAndAddress: 30,
  /** Mails that reset a password, within an hour. */
  resets: { perAccount: 5, perAddress: 30 },
  /** Claims of purchases, and mails about one order, within an hour. */
  claimsPerHour: { perAccount: 5, perOrder: 5 },
  refreshesPerMinuteAndSession: 30,
} as const;

/** Cheapest first: the order in which one plan outranks another. */
export const TIERS: readonly Tier[] = ["free", "starter", "pro", "enterprise"];
export const PAID_TIERS: readonly PaidTier[] = ["starter", "pro", "enterprise"];

/** LemonSqueezy variant ids of the local emulator's store; production sets LEMONSQUEEZY_VARIANTS. */
export const LOCAL_VARIANTS: Readonly<Record<PaidTier, string>> = {
  starter: "401001",
  pro: "401002",
  enterprise: "401003",
};

export const SUBSCRIPTION_STATUSES = [
  "on_trial",
  "active",
  "paused",
  "past_due",
  "unpaid",
  "cancelled",
  "expired",
] as const;
/** As the provider reports it. */
export type SubscriptionStatus = (typeof SUBSCRIPTION_STATUSES)[number];
