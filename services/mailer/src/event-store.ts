import type { Database } from "@luna/shared/d1/database";
import { sql, type Sql } from "@luna/shared/d1/sql";

import type { ProviderEvent } from "./provider-event.ts";
import { PAUSED } from "./settle.ts";

const DAY_MS = 24 * 60 * 60 * 1_000;
/** So many mails refused within so long, and the address rests. */
const SOFT_BOUNCES = 3;
const SOFT_WINDOW_MS = 7 * DAY_MS;
const SOFT_BLOCK_MS = 30 * DAY_MS;

/** Where `recording` writes the events themselves. */
const WRITTEN = 3;

/**
 * Writes down what is new, and what follows from it: who gets no more mail, and which held mails have
 * arrived after all. For one transaction.
 */
export const recording = (events: readonly ProviderEvent[], now: number): Sql[] => {
  const told = sql`json_each(${JSON.stringify(events)})`;
  // Asked before the events are written: a repeated one must not undo what an operator lifted.
  const fresh = sql`NOT EXISTS (SELECT 1 FROM provider_events WHERE id = value ->> 'id')`;
  return [
    sql`
      INSERT INTO suppressions (address, reason, until, created_at)
      SELECT value ->> 'address', value ->> 'kind', NULL, ${now} FROM ${told}
      WHERE value ->> 'kind' IN ('hard_bounce', 'complaint', 'unsubscribe')
        AND value ->> 'address' IS NOT NULL AND ${fresh}
      ON CONFLICT (address, reason) DO NOTHING`,
    sql`
      DELETE FROM suppressions WHERE reason = 'unsubscribe' AND address IN (
        SELECT value ->> 'address' FROM ${told} WHERE value ->> 'kind' = 'resubscribe' AND ${fresh})`,
    // Only what waited for this very word: a mail of a paused template never left.
    sql`
      UPDATE mails SET state = 'sent', reason = 'confirmed', updated_at = ${now}, ended_at = ${now},
        sealed = CASE WHEN sealed = '{}' THEN sealed END
      WHERE state = 'held' AND ambiguous > 0 AND reason <> ${PAUSED} AND id IN (
        SELECT value ->> 'mailId' FROM ${told}
        WHERE value ->> 'kind' IN ('processed', 'delivered') AND ${fresh})`,
    sql`
      INSERT INTO provider_events (id, mail_id, kind, address, at, detail, received_at)
      SELECT value ->> 'id', value ->> 'mailId', value ->> 'kind', value ->> 'address',
             value ->> 'at', value ->> 'detail', ${now}
      FROM ${told} WHERE TRUE
      ON CONFLICT (id) DO NOTHING`,
    sql`
      INSERT INTO suppressions (address, reason, until, created_at)
      SELECT address, 'soft_bounces', ${now + SOFT_BLOCK_MS}, ${now} FROM provider_events
      WHERE kind = 'soft_bounce' AND at > ${now - SOFT_WINDOW_MS} AND address IN (
        SELECT address FROM provider_events WHERE received_at = ${now} AND kind = 'soft_bounce')
      GROUP BY address HAVING COUNT(DISTINCT COALESCE(mail_id, id)) >= ${SOFT_BOUNCES}
      ON CONFLICT (address, reason) DO UPDATE SET until = excluded.until`,
  ];
};

export const eventStore = (db: Database) => ({
  /** Returns how many events were new. */
  record: async (events: readonly ProviderEvent[], now: number): Promise<number> =>
    (await db.batch(recording(events, now)))[WRITTEN]?.changes ?? 0,
});
export type EventStore = ReturnType<typeof eventStore>;
