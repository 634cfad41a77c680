import { auditRow } from "@luna/shared/audit";
import { sql, type Sql } from "@luna/shared/d1/sql";
import type { Trace } from "@luna/shared/trace";

import type { Attempt } from "./observed-store.ts";

/** The objects of one purchase that an event names. */
export interface Purchase {
  orderId: string;
  customerId: string;
  /** `null` on an order, which does not name it. */
  subscriptionId: string | null;
}

/**
 * Gives the purchase to the owner of a checkout whose reference was valid. A checkout is for one
 * purchase: the first order takes it, and a reference that comes back with another order links nothing.
 * Nor does one that comes after the order became somebody else's: a purchase has one owner.
 */
export const linkByCheckout = (
  checkoutId: string,
  { orderId, customerId, subscriptionId }: Purchase,
  { stamp, now }: Attempt,
): Sql[] => {
  const own = (object: "customer" | "order" | "subscription", id: string): Sql => sql`
    INSERT INTO owners (object, object_id, owner_kind, owner_id, linked_by, linked_at)
    SELECT ${object}, ${id}, owner_kind, owner_id, ${stamp}, ${now} FROM checkouts
    WHERE id = ${checkoutId} AND order_id = ${orderId}
      AND (${object !== "subscription"} OR subscription_id = ${subscriptionId})
      AND (${object === "order"} OR (owner_kind, owner_id) = (
        SELECT owner_kind, owner_id FROM owners WHERE object = 'order' AND object_id = ${orderId}))
    ON CONFLICT (object, object_id) DO NOTHING`;
  return [
    sql`
      UPDATE checkouts
      SET order_id = ${orderId}, subscription_id = COALESCE(subscription_id, ${subscriptionId})
      WHERE id = ${checkoutId} AND (order_id IS NULL OR order_id = ${orderId})`,
    own("order", orderId),
    own("customer", customerId),
    ...(subscriptionId === null ? [] : [own("subscription", subscriptionId)]),
  ];
};

/**
 * Gives a subscription to the owner of its order. Never to the owner of its customer: the provider
 * finds customers by the e-mail a buyer typed, and what a buyer types proves nothing.
 */
export const linkByOrder = (
  { orderId, subscriptionId }: Purchase,
  { stamp, now }: Attempt,
): Sql => sql`
  INSERT INTO owners (object, object_id, owner_kind, owner_id, linked_by, linked_at)
  SELECT 'subscription', ${subscriptionId}, owner_kind, owner_id, ${stamp}, ${now} FROM owners
  WHERE object = 'order' AND object_id = ${orderId} AND ${subscriptionId !== null}
  ON CONFLICT (object, object_id) DO NOTHING`;

/** The audit row of a link this attempt made. */
export const auditLink = (
  { orderId, subscriptionId }: Purchase,
  { stamp, now }: Attempt,
  trace: Trace,
): Sql => {
  const object = subscriptionId === null ? "order" : "subscription";
  const subject = subscriptionId ?? orderId;
  return auditRow(
    {
      actor: "service:billing-webhook",
      action: "purchase.linked",
      subject: `${object}:${subject}`,
      detail: { orderId, subscriptionId },
    },
    trace,
    now,
    sql`EXISTS (SELECT 1 FROM owners
                WHERE object = ${object} AND object_id = ${subject} AND linked_by = ${stamp})`,
  );
};

/** What an event tells about the family of its object. */
export interface Relatives {
  orderId: string | null;
  subscriptionId: string | null;
}

/**
 * Calls back what waited for these to have an owner; the change count tells how many. Every event does so:
 * the plus keeps SQLite from looking at all that waits.
 */
export const recallUnlinked = (
  { orderId, subscriptionId }: Relatives,
  { eventId, now }: Attempt,
): Sql => sql`
  UPDATE inbox SET state = 'received', reason = NULL, settled_at = NULL, next_at = ${now}
  WHERE +state = 'unlinked' AND id <> ${eventId}
    AND (subscription_id = ${subscriptionId} OR order_id = ${orderId})
    AND EXISTS (SELECT 1 FROM owners
                WHERE (object = 'subscription' AND object_id = ${subscriptionId})
                   OR (object = 'order' AND object_id = ${orderId}))`;
