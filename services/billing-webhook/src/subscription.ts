import type { SubscriptionStatus } from "@luna/shared/plans";

/** A subscription as any provider would tell it. Times in milliseconds since 1970. */
export interface Subscription {
  id: string;
  customerId: string;
  orderId: string;
  /** What was bought. The plan it stands for is configuration, so it is not part of the state. */
  variantId: string;
  productName: string;
  status: SubscriptionStatus;
  /** How a paused subscription treats access; `null` unless paused. */
  pause: "void" | "free" | null;
  /** Seats; `null` while on trial. */
  quantity: number | null;
  trialEndsAt: number | null;
  renewsAt: number | null;
  endsAt: number | null;
  createdAt: number;
}

/** Surely less than the shortest period that is sold, which is a day. */
export const SHORTEST_PERIOD_MS = 12 * 60 * 60 * 1_000;

/**
 * Whether a payload contradicts itself: real traffic has active subscriptions that renew at the very
 * moment they were bought, a whole period too early.
 */
export const isDoubtful = ({
  status,
  createdAt,
  renewsAt,
}: Pick<Subscription, "status" | "createdAt" | "renewsAt">): boolean =>
  status === "active" && renewsAt !== null && renewsAt < createdAt + SHORTEST_PERIOD_MS;

/** Most alive first: what a person means by "my subscription" when there are several. */
const LIVELINESS: readonly SubscriptionStatus[] = [
  "active",
  "on_trial",
  "past_due",
  "cancelled",
  "paused",
  "unpaid",
  "expired",
];

type Ranked = Pick<Subscription, "status" | "createdAt">;

/** The one to show: the most alive, then the newest; `null` for none. */
export const foremost = <S extends Ranked>(subscriptions: readonly S[]): S | null =>
  subscriptions.toSorted(
    (a, b) =>
      LIVELINESS.indexOf(a.status) - LIVELINESS.indexOf(b.status) || b.createdAt - a.createdAt,
  )[0] ?? null;
