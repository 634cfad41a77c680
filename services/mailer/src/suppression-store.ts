import { auditRow } from "@luna/shared/audit";
import { sha256Hex } from "@luna/shared/bytes";
import type { Database } from "@luna/shared/d1/database";
import { sql } from "@luna/shared/d1/sql";
import type { Trace } from "@luna/shared/trace";

import type { SuppressionReason } from "./suppression.ts";

export interface Suppression {
  address: string;
  reason: SuppressionReason;
  /** `null` for ever. */
  until: string | null;
  createdAt: string;
}

type Row = {
  address: string;
  reason: SuppressionReason;
  until: number | null;
  created_at: number;
};

/** Between the two parts of a cursor; no address holds a blank. */
const KEY_SEPARATOR = " ";

export const keyOf = ({ address, reason }: Suppression): string =>
  `${address}${KEY_SEPARATOR}${reason}`;

/** Addresses that get no mail, as an operator sees and frees them. */
export const suppressionStore = (db: Database) => ({
  /** By address, up to `limit` in force that follow `after`. */
  async list(
    address: string | null,
    limit: number,
    after: string | null,
    now: number,
  ): Promise<Suppression[]> {
    const [lastAddress = "", lastReason = ""] = after?.split(KEY_SEPARATOR) ?? [];
    const rows = await db.all<Row>(sql`
      SELECT address, reason, until, created_at FROM suppressions
      WHERE (until IS NULL OR until > ${now})
        AND ${address === null ? sql`TRUE` : sql`address = ${address}`}
        AND (address, reason) > (${lastAddress}, ${lastReason})
      ORDER BY address, reason LIMIT ${limit}`);
    return rows.map(({ until, created_at, ...row }) => ({
      ...row,
      until: until === null ? null : new Date(until).toISOString(),
      createdAt: new Date(created_at).toISOString(),
    }));
  },

  /** Mail goes to this address again. Returns how many reasons against it were struck. */
  async lift(address: string, actor: string, trace: Trace, now: number): Promise<number> {
    // Whose address it was is nothing an audit row keeps; who knows it can compare.
    const subject = `address:${(await sha256Hex(address)).slice(0, 16)}`;
    const [lifted] = await db.batch([
      sql`DELETE FROM suppressions WHERE address = ${address}`,
      auditRow({ actor, action: "suppression.lifted", subject }, trace, now, sql`changes() > 0`),
    ]);
    return lifted?.changes ?? 0;
  },
});
export type SuppressionStore = ReturnType<typeof suppressionStore>;
