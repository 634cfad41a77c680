import type { Database } from "@luna/shared/d1/database";
import { sql, type Sql } from "@luna/shared/d1/sql";

import { claimedColumns, type ClaimedMail, claimedOf, type ClaimedRow } from "./claimed-mail.ts";
import { type Result, settleResults } from "./settle-store.ts";

/**
 * A crash delays the mails in hand by this much. Renewed long before, so it only has to outlast a
 * slow write, not a slow provider.
 */
export const LEASE_MS = 4_000;

const inList = (ids: readonly string[]): Sql =>
  sql`id IN (SELECT value FROM json_each(${JSON.stringify(ids)}))`;

/** The ledger as a run of the delivery sees it. `run` marks what is in this run's hands. */
export const deliveryLedger = (db: Database) => ({
  /**
   * Ends what has expired, whether or not any transport takes mail, and tells which transport an
   * operator has chosen.
   */
  async open(now: number): Promise<string | null> {
    const [, chosen] = await db.batch([
      sql`
        UPDATE mails INDEXED BY mails_expiry SET state = 'expired', reason = 'expired', ended_at = ${now},
          updated_at = ${now}, sealed = CASE WHEN sealed = '{}' THEN sealed END
        WHERE state IN ('queued', 'retry', 'held') AND expires_at <= ${now}`,
      CHOSEN,
    ]);
    return chosenOf(chosen?.rows);
  },

  /**
   * Takes the mails that are due longest, of `ids` or of all, for `LEASE_MS`. One transaction: the
   * claim, the end of attempts whose lease ran out, and the rows of the attempts that begin.
   */
  async claim(
    run: string,
    transport: string,
    now: number,
    limit: number,
    ids: readonly string[] | null = null,
  ): Promise<ClaimedMail[]> {
    const among = ids === null ? sql`TRUE` : inList(ids);
    const ours = sql`SELECT id, fence FROM mails WHERE state = 'sending' AND claim = ${run}`;
    const [claimed] = await db.batch([
      sql`
        UPDATE mails SET
          state = 'sending', claim = ${run}, fence = fence + 1, attempts = attempts + 1,
          ambiguous = ambiguous + (state = 'sending'),
          reason = CASE WHEN state = 'sending' THEN 'lease_expired' END,
          next_at = ${now + LEASE_MS}, updated_at = ${now}
        WHERE id IN (SELECT id FROM mails INDEXED BY mails_due
                     WHERE state IN ('queued', 'sending', 'retry') AND next_at <= ${now}
                       AND ${among}
                     ORDER BY next_at LIMIT ${limit})
        RETURNING ${claimedColumns(now)}`,
      sql`
        UPDATE attempts SET ended_at = ${now}, class = 'ambiguous', code = 'lease_expired'
        WHERE ended_at IS NULL AND (mail_id, n) IN (SELECT id, fence - 1 FROM (${ours}))`,
      sql`
        INSERT INTO attempts (mail_id, n, transport, started_at)
        SELECT id, fence, ${transport}, ${now} FROM (${ours}) WHERE TRUE
        ON CONFLICT (mail_id, n) DO NOTHING`,
    ]);
    return (claimed?.rows ?? []).map((row) => claimedOf(row as ClaimedRow));
  },

  /** Keeps what this run holds for another `LEASE_MS`; tells the chosen transport as `open` does. */
  async renew(run: string, now: number): Promise<string | null> {
    const [, chosen] = await db.batch([
      sql`UPDATE mails SET next_at = ${now + LEASE_MS} WHERE state = 'sending' AND claim = ${run}`,
      CHOSEN,
    ]);
    return chosenOf(chosen?.rows);
  },

  /** Writes what attempts came to; see `settleResults`. */
  settle: (results: readonly Result[], now: number) => settleResults(db, results, now),

  /** Gives back, as if never claimed, what this run has not begun. */
  async release(run: string, ids: readonly string[], now: number): Promise<void> {
    const ours = sql`state = 'sending' AND claim = ${run} AND ${inList(ids)}`;
    await db.batch([
      sql`DELETE FROM attempts WHERE (mail_id, n) IN (SELECT id, fence FROM mails WHERE ${ours})`,
      sql`
        UPDATE mails SET state = CASE WHEN attempts > 1 THEN 'retry' ELSE 'queued' END,
          attempts = attempts - 1, claim = NULL, next_at = ${now}, updated_at = ${now}
        WHERE ${ours}`,
    ]);
  },
});
export type DeliveryLedger = ReturnType<typeof deliveryLedger>;

/** Set by an operator; without it the variable MAIL_TRANSPORT decides. */
const CHOSEN = sql`SELECT value FROM settings WHERE name = 'transport'`;
const chosenOf = (rows: readonly Record<string, unknown>[] | undefined): string | null => {
  const value = rows?.[0]?.["value"];
  return typeof value === "string" ? value : null;
};
