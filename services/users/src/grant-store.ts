import { auditRow } from "@luna/shared/audit";
import type { Database } from "@luna/shared/d1/database";
import { sql } from "@luna/shared/d1/sql";
import type { Trace } from "@luna/shared/trace";

import type { Grant } from "./entitlement.ts";

/** A grant as it is written down: for whom, by whom and why. */
export interface NewGrant extends Grant {
  id: string;
  userId: string;
  /** In the operator's words. */
  reason: string;
  grantedBy: string;
}

export const grantStore = (db: Database) => ({
  /** Gives a user the plan; `false` when there is no such user. */
  async add(grant: NewGrant, trace: Trace, now: number): Promise<boolean> {
    const { id, userId, tier, until, reason, grantedBy } = grant;
    const [added] = await db.batch([
      sql`
        INSERT INTO grants (id, user_id, tier, until, reason, granted_by, created_at)
        SELECT ${id}, id, ${tier}, ${until}, ${reason}, ${grantedBy}, ${now}
        FROM users WHERE id = ${userId}`,
      auditRow(
        {
          actor: grantedBy,
          action: "grant.added",
          subject: userId,
          detail: { grantId: id, tier, until: new Date(until).toISOString() },
        },
        trace,
        now,
        sql`changes() = 1`,
      ),
      sql`UPDATE users SET plan_seq = plan_seq + 1 WHERE id = ${userId} AND changes() = 1`,
    ]);
    return added?.changes === 1;
  },

  /** Ends a grant before its time; `false` when the user has no such grant that still holds. */
  async end(
    id: string,
    userId: string,
    actor: string,
    trace: Trace,
    now: number,
  ): Promise<boolean> {
    const [ended] = await db.batch([
      sql`UPDATE grants SET until = ${now}
          WHERE id = ${id} AND user_id = ${userId} AND until > ${now}`,
      auditRow(
        { actor, action: "grant.ended", subject: userId, detail: { grantId: id } },
        trace,
        now,
        sql`changes() = 1`,
      ),
      sql`UPDATE users SET plan_seq = plan_seq + 1 WHERE id = ${userId} AND changes() = 1`,
    ]);
    return ended?.changes === 1;
  },
});
