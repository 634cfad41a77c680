import type { Database, Row } from "@luna/shared/d1/database";
import { sql, type Sql } from "@luna/shared/d1/sql";
import type { UserCaller } from "@luna/shared/rpc/caller";

import type { Observed } from "./clock.ts";
import { clockValues, IS_LATER, SET_CLOCK, type Attempt } from "./observed-store.ts";
import type { Owner } from "./owner.ts";
import type { Subscription } from "./subscription.ts";

/** Stores a subscription that has an owner, unless something later is known. */
export const putSubscription = (
  observed: Observed<Subscription>,
  attempt: Attempt,
  guard: Sql = IS_LATER,
): Sql => {
  const s = observed.value;
  return sql`
    INSERT INTO subscriptions (id, owner_kind, owner_id, customer_id, order_id, variant_id,
      product_name, status, pause, quantity, trial_ends_at, renews_at, ends_at, created_at,
      updated_at, item_updated_at, urls_expire_at, digest, changed_by, seq)
    SELECT ${s.id}, owner_kind, owner_id, ${s.customerId}, ${s.orderId}, ${s.variantId},
      ${s.productName}, ${s.status}, ${s.pause}, ${s.quantity}, ${s.trialEndsAt}, ${s.renewsAt},
      ${s.endsAt}, ${s.createdAt}, ${clockValues(observed, attempt)}, 1
    FROM owners WHERE object = 'subscription' AND object_id = ${s.id}
    ON CONFLICT (id) DO UPDATE SET
      customer_id = excluded.customer_id, order_id = excluded.order_id,
      variant_id = excluded.variant_id, product_name = excluded.product_name,
      status = excluded.status, pause = excluded.pause, quantity = excluded.quantity,
      trial_ends_at = excluded.trial_ends_at, renews_at = excluded.renews_at,
      ends_at = excluded.ends_at, created_at = excluded.created_at,
      seq = seq + (digest <> excluded.digest), ${SET_CLOCK}
    WHERE ${guard}`;
};

type SubscriptionRow = Row & {
  id: string;
  owner_kind: Owner["kind"];
  owner_id: string;
  customer_id: string;
  order_id: string;
  variant_id: string;
  product_name: string;
  status: Subscription["status"];
  pause: Subscription["pause"];
  quantity: number | null;
  trial_ends_at: number | null;
  renews_at: number | null;
  ends_at: number | null;
  created_at: number;
  seq: number;
  epoch: number;
};

/** A subscription as stored, with its owner and the numbers that order its announcements. */
export interface StoredSubscription extends Subscription {
  owner: Owner;
  epoch: number;
  seq: number;
}

const subscriptionOf = (row: SubscriptionRow): StoredSubscription => ({
  id: row.id,
  owner: { kind: row.owner_kind, id: row.owner_id },
  customerId: row.customer_id,
  orderId: row.order_id,
  variantId: row.variant_id,
  productName: row.product_name,
  status: row.status,
  pause: row.pause,
  quantity: row.quantity,
  trialEndsAt: row.trial_ends_at,
  renewsAt: row.renews_at,
  endsAt: row.ends_at,
  createdAt: row.created_at,
  seq: row.seq,
  epoch: row.epoch,
});

const select = sql`
  SELECT id, owner_kind, owner_id, customer_id, order_id, variant_id, product_name, status, pause,
         quantity, trial_ends_at, renews_at, ends_at, created_at, seq,
         (SELECT value FROM epoch) AS epoch
  FROM subscriptions`;

/** For the service's own effects; what a caller may see comes from `ownSubscriptions`. */
export const findSubscription = async (
  db: Database,
  id: string,
): Promise<StoredSubscription | null> => {
  const row = await db.first<SubscriptionRow>(sql`${select} WHERE id = ${id}`);
  return row === null ? null : subscriptionOf(row);
};

export const ownSubscriptions = (db: Database, caller: UserCaller) => {
  const mine = sql`owner_kind = 'user' AND owner_id = ${caller.userId}`;
  return {
    async list(): Promise<StoredSubscription[]> {
      return (await db.all<SubscriptionRow>(sql`${select} WHERE ${mine}`)).map(subscriptionOf);
    },

    /** Subscriptions, each with whether its customer at the provider serves other owners too. */
    async listForPortal(): Promise<(StoredSubscription & { sharedCustomer: boolean })[]> {
      const rows = await db.all<SubscriptionRow & { shared: number }>(sql`
        SELECT mine.*, EXISTS (
          SELECT 1 FROM subscriptions AS other
          WHERE other.customer_id = mine.customer_id
            AND (other.owner_kind, other.owner_id) <> ('user', ${caller.userId})) AS shared
        FROM (${select} WHERE ${mine}) AS mine`);
      return rows.map((row) => ({ ...subscriptionOf(row), sharedCustomer: row.shared === 1 }));
    },
  };
};
