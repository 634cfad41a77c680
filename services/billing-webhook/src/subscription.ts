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
