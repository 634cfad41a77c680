import { createDatabase } from "@luna/shared/d1/database";
import { sql } from "@luna/shared/d1/sql";
import type { Ledger } from "@luna/shared/rate-limiter/ledger";

/**
 * Writes absolute totals, never differences: repeated, late and reordered flushes all end at the
 * highest. A total counts as stored only when the database returns it, or a later one.
 */
export const flushUsage = async (
  d1: D1Database,
  userId: string,
  ledger: Ledger,
  now: number,
): Promise<boolean> => {
  const db = createDatabase(d1);
  let stored = true;
  for (const { period, requests, seq } of ledger.unflushed(now)) {
    const { rows } = await db.write<{ requests: number; seq: number }>(sql`
      INSERT INTO usage_metrics (user_id, period, requests, seq, updated_at)
      VALUES (${userId}, ${period}, ${requests}, ${seq}, ${now})
      ON CONFLICT (user_id, period) DO UPDATE SET
        requests = iif(excluded.seq >= seq, excluded.requests, requests),
        seq = max(excluded.seq, seq),
        updated_at = max(excluded.updated_at, updated_at)
      RETURNING requests, seq`);
    const [row] = rows;
    const confirmed =
      row !== undefined && (row.seq > seq || (row.seq === seq && row.requests === requests));
    if (confirmed) ledger.flushed(period, seq);
    else stored = false;
  }
  return stored;
};
