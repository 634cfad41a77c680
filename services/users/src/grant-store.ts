import { auditRow } from "@luna/shared/audit";
import type { Database, Row } from "@luna/shared/d1/database";
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

/** A grant as operators see it. Times in ms. */
export interface ListedGrant extends NewGrant {
  createdAt: number;
}

/** Which grants; `null` is any. A grant is over from `until` on, whether it ran out or was ended. */
interface Which {
  userId: string | null;
  state: "live" | "over" | null;
  before: string | null;
  limit: number;
}

export const grantStore = (db: Database) => ({
  /** Grants for one administrator, newest first; the look is written down with it. */
  async list(
    { userId, state, before, limit }: Which,
    actor: string,
    trace: Trace,
    now: number,
  ): Promise<ListedGrant[]> {
    const [listed] = await db.batch([
      sql`
        SELECT id, user_id AS userId, tier, until, reason, granted_by AS grantedBy,
               created_at AS createdAt
        FROM grants
        WHERE (${userId} IS NULL OR user_id = ${userId}) AND (${before} IS NULL OR id < ${before})
          AND (${state} IS NULL OR (until > ${now}) = (${state} = 'live'))
        ORDER BY id DESC LIMIT ${limit}`,
      auditRow({ actor, action: "grants.listed", subject: userId ?? "grants" }, trace, now),
    ]);
    return (listed?.rows ?? []) as (ListedGrant & Row)[];
  },

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
