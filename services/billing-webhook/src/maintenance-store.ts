import type { Database } from "@luna/shared/d1/database";
import { sql } from "@luna/shared/d1/sql";

/** What time alone does to the tables. Each answers with the number of rows it deleted. */
export const maintenance = (db: Database) => ({
  async deleteAuditBefore(time: number): Promise<number> {
    return (await db.write(sql`DELETE FROM audit WHERE at < ${time}`)).changes;
  },

  async deleteUnpaidBefore(time: number): Promise<number> {
    const unpaid = sql`DELETE FROM checkouts WHERE order_id IS NULL AND created_at < ${time}`;
    return (await db.write(unpaid)).changes;
  },

  async deleteClaimsBefore(time: number): Promise<number> {
    return (await db.write(sql`DELETE FROM claims WHERE expires_at < ${time}`)).changes;
  },

  /** Runs that ended before, with what they found. */
  async deleteRunsBefore(time: number): Promise<number> {
    const over = sql`finished_at < ${time}`;
    const [, runs] = await db.batch([
      sql`DELETE FROM drifts WHERE run_id IN (SELECT id FROM reconcile_runs WHERE ${over})`,
      sql`DELETE FROM reconcile_runs WHERE ${over}`,
    ]);
    return runs?.changes ?? 0;
  },

  optimize: () => db.write(sql`PRAGMA optimize`),
});
