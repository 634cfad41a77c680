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

  optimize: () => db.write(sql`PRAGMA optimize`),
});
