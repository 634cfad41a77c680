import type { Database } from "@luna/shared/d1/database";
import { sql, type Sql } from "@luna/shared/d1/sql";

import type { Observed } from "./clock.ts";
import type { Attempt } from "./observed-store.ts";
import type { Subscription } from "./subscription.ts";

/** A question that somebody is asking the provider. */
interface Asked {
  subscriptionId: string;
  askedBy: string;
}

/** 5 s doubling to 5 min, as in the inbox; the provider may be away for a day. */
const BACKOFF_BASE_MS = 5_000;
const BACKOFF_DOUBLINGS = 6;

/**
 * Asks for the truth about a subscription, if what is known tells another story of the same moment,
 * or if this observation is `doubtful` and would stand. Must run before the observation is stored.
 */
export const askForRefetch = (
  { value: { id }, clock, digest }: Observed<Subscription>,
  doubtful: boolean,
  { stamp, now }: Attempt,
): Sql => {
  const seen = sql`(${clock.updatedAt}, ${clock.itemUpdatedAt}, ${clock.urlsExpireAt})`;
  return sql`
    INSERT INTO refetches (subscription_id, asked_by, asked_at, next_at)
    SELECT owners.object_id, ${stamp}, ${now}, ${now}
    FROM owners LEFT JOIN subscriptions AS known ON known.id = owners.object_id
    WHERE owners.object = 'subscription' AND owners.object_id = ${id}
      AND (((known.updated_at, known.item_updated_at, known.urls_expire_at) = ${seen}
            AND known.digest <> ${digest})
           OR (${doubtful} AND (known.id IS NULL OR
             (known.updated_at, known.item_updated_at, known.urls_expire_at) < ${seen})))
    ON CONFLICT (subscription_id) DO UPDATE SET
      asked_by = excluded.asked_by, next_at = MIN(next_at, excluded.next_at)`;
};

export const refetchStore = (db: Database) => ({
  /** The question whose time came first, if any's has; the claim is its own lease. */
  async claimDue(now: number): Promise<Asked | null> {
    const { rows } = await db.write<{ subscriptionId: string; askedBy: string }>(sql`
      UPDATE refetches
      SET attempts = attempts + 1,
          next_at = ${now} + ${BACKOFF_BASE_MS} * (1 << MIN(attempts, ${BACKOFF_DOUBLINGS}))
      WHERE subscription_id = (SELECT subscription_id FROM refetches WHERE next_at <= ${now}
                               ORDER BY next_at LIMIT 1)
      RETURNING subscription_id AS subscriptionId, asked_by AS askedBy`);
    return rows[0] ?? null;
  },

  /** Forgets a question that was answered, unless it was asked again meanwhile. */
  settle: ({ subscriptionId, askedBy }: Asked) =>
    db.write(sql`
      DELETE FROM refetches
      WHERE subscription_id = ${subscriptionId} AND asked_by = ${askedBy}`),

  /** When the next question is to be asked; `null` when there is none. */
  async nextAt(): Promise<number | null> {
    const row = await db.first<{ at: number | null }>(
      sql`SELECT MIN(next_at) AS at FROM refetches`,
    );
    return row?.at ?? null;
  },
});
