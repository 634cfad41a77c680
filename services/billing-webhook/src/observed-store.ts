import { sql, type Sql } from "@luna/shared/d1/sql";

import type { Observed } from "./clock.ts";

/** One attempt to apply one delivery: what every row it writes is stamped with. */
export interface Attempt {
  eventId: string;
  /** `<inbox id>.<attempt>`: a second attempt never mistakes the first one's work for its own. */
  stamp: string;
  now: number;
}

/** The tables that hold the provider's objects; all have the same clock columns. */
export const TABLES = {
  subscription: sql`subscriptions`,
  invoice: sql`invoices`,
  order: sql`orders`,
  license_key: sql`license_keys`,
} as const;

/**
 * The order guard, for `ON CONFLICT … DO UPDATE … WHERE`: the rule of `order-guard.ts` as one
 * condition. Only a later observation replaces an earlier one, and the digest makes the order total, so
 * that any permutation ends in the same row even when two payloads tell two stories of one moment.
 */
export const IS_LATER = sql`
  (excluded.updated_at, excluded.item_updated_at, excluded.urls_expire_at, excluded.digest)
    > (updated_at, item_updated_at, urls_expire_at, digest)`;

/** Sets the clock columns; `changed_by` only where more than the clock is new. */
export const SET_CLOCK = sql`
  updated_at = excluded.updated_at, item_updated_at = excluded.item_updated_at,
  urls_expire_at = excluded.urls_expire_at, digest = excluded.digest,
  changed_by = CASE WHEN digest = excluded.digest THEN changed_by ELSE excluded.changed_by END`;

/** The values of `updated_at, item_updated_at, urls_expire_at, digest, changed_by`. */
export const clockValues = ({ clock, digest }: Observed<unknown>, { stamp }: Attempt): Sql =>
  sql`${clock.updatedAt}, ${clock.itemUpdatedAt}, ${clock.urlsExpireAt}, ${digest}, ${stamp}`;

/** Whether this very attempt changed the object: the guard of its effects and its audit row. */
export const changedBy = (table: Sql, id: string, { stamp }: Attempt): Sql =>
  sql`EXISTS (SELECT 1 FROM ${table} WHERE id = ${id} AND changed_by = ${stamp})`;

/** Writes down what became of a delivery, from what the tables say after the attempt. */
export const settle = (
  { eventId, now }: Attempt,
  table: Sql,
  { value, clock, digest }: Observed<{ id: string }>,
  unlinkedReason: string,
): Sql => sql`
  UPDATE inbox SET
    settled_at = ${now},
    (state, reason) = (
      SELECT CASE WHEN kept.id IS NULL THEN 'unlinked'
                  WHEN kept.same THEN 'applied' ELSE 'stale' END,
             CASE WHEN kept.id IS NULL THEN ${unlinkedReason} END
      FROM (SELECT 1) LEFT JOIN (
        SELECT id, (updated_at, item_updated_at, urls_expire_at, digest)
          = (${clock.updatedAt}, ${clock.itemUpdatedAt}, ${clock.urlsExpireAt}, ${digest}) AS same
        FROM ${table} WHERE id = ${value.id}) AS kept)
  WHERE id = ${eventId} AND state = 'received'
  RETURNING state, reason`;
