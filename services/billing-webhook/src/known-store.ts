import type { Database, Row } from "@luna/shared/d1/database";
import { sql } from "@luna/shared/d1/sql";
import { newId } from "@luna/shared/id";

import type { Clock } from "./clock.ts";
import { lemonSqueezyEvents } from "./lemonsqueezy/provider.ts";
import { COLLECTIONS } from "./lemonsqueezy/resource.ts";
import { TABLES } from "./observed-store.ts";
import type { Suspect } from "./reconcile-store.ts";
import { openBody, SEALED_COLUMNS, type SealedRow } from "./seal-body.ts";
import { SHORTEST_PERIOD_MS } from "./subscription.ts";
import type { Event, ToldKind } from "./told.ts";

/** The observation of an object that is stored; `digest` tells whether another one says the same. */
export interface Stored {
  clock: Clock;
  digest: string;
  status: string;
}

/** An event that waits for an owner. */
export interface Waiting {
  source: "webhook" | "api";
  subscriptionId: string | null;
  orderId: string | null;
  event: Event;
}

type StoredRow = Row & { id: string; digest: string; status: string } & {
  updated_at: number;
  item_updated_at: number;
  urls_expire_at: number;
};
type WaitingRow = Row & Omit<Waiting, "event"> & SealedRow;

/** What is known of objects of the provider, whoever owns them: for comparing, never for callers. */
export const knownStore = (db: Database) => ({
  async stored(kind: ToldKind, ids: readonly string[]): Promise<Map<string, Stored>> {
    const rows = await db.all<StoredRow>(sql`
      SELECT id, updated_at, item_updated_at, urls_expire_at, digest, status FROM ${TABLES[kind]}
      WHERE id IN (SELECT value FROM json_each(${JSON.stringify(ids)}))`);
    return new Map(
      rows.map((row) => [
        row.id,
        {
          clock: {
            updatedAt: row.updated_at,
            itemUpdatedAt: row.item_updated_at,
            urlsExpireAt: row.urls_expire_at,
          },
          digest: row.digest,
          status: row.status,
        },
      ]),
    );
  },

  /** Events without an owner that are about these purchases. */
  async waiting(family: { orders: string[]; subscriptions: string[] }): Promise<Waiting[]> {
    const rows = await db.all<WaitingRow>(sql`
      SELECT source, subscription_id AS subscriptionId, order_id AS orderId, ${SEALED_COLUMNS}
      FROM inbox
      WHERE +state = 'unlinked'
        AND (subscription_id IN (SELECT value FROM json_each(${JSON.stringify(family.subscriptions)}))
          OR order_id IN (SELECT value FROM json_each(${JSON.stringify(family.orders)})))`);
    const opened = await Promise.all(
      rows.map(async ({ source, subscriptionId, orderId, ...row }) => {
        const body = await openBody(row);
        const event = body === null ? null : lemonSqueezyEvents.readEvent(body);
        return event === null || typeof event === "string"
          ? []
          : [{ source, subscriptionId, orderId, event }];
      }),
    );
    return opened.flat();
  },

  /**
   * Objects worth a question: whatever lately told something late or has no owner, every subscription
   * heard of lately, and what contradicts itself: a subscription whose dates do not fit its status, which
   * is how a lost renewal shows, and an open invoice of one that is paid. Ids begin with their time.
   */
  suspects(since: number, now: number, limit: number): Promise<Suspect[]> {
    const late = sql`state IN ('stale', 'unlinked', 'dead')`;
    const lately = sql`id >= ${newId(since)}`;
    return db.all<Suspect & Row>(sql`
      SELECT collection, id FROM (
        SELECT 'subscriptions' AS collection, subscription_id AS id, MAX(${late}) AS weight
        FROM inbox WHERE subscription_id IS NOT NULL AND ${lately}
        GROUP BY subscription_id
        UNION ALL
        SELECT object_type, object_id, 1 FROM inbox
        WHERE ${lately} AND ${late} AND object_id IS NOT NULL
          AND object_type IN (SELECT value FROM json_each(${JSON.stringify(COLLECTIONS)}))
        UNION ALL
        SELECT 'subscriptions', id, 2 FROM subscriptions
        WHERE status = 'active'
          AND (renews_at < ${now - OVERDUE_MS} OR renews_at < created_at + ${SHORTEST_PERIOD_MS})
        UNION ALL
        SELECT 'subscription-invoices', invoices.id, 2
        FROM invoices JOIN subscriptions ON subscriptions.id = invoices.subscription_id
        WHERE invoices.status = 'pending' AND subscriptions.status = 'active')
      GROUP BY collection, id ORDER BY MAX(weight) DESC, collection, id LIMIT ${limit}`);
  },
});

/** The provider charges within hours of the renewal; two days later a webhook was lost. */
const OVERDUE_MS = 48 * 60 * 60 * 1_000;
