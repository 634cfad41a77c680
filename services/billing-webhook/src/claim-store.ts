import { auditRow } from "@luna/shared/audit";
import type { Database, Row } from "@luna/shared/d1/database";
import { sql, type Sql } from "@luna/shared/d1/sql";
import type { UserCaller } from "@luna/shared/rpc/caller";
import type { Trace } from "@luna/shared/trace";

import { linkByHand, linkedBy, recallLinked } from "./link-store.ts";
import type { Owner } from "./owner.ts";

/** Somebody says that an order is theirs. Times in ms. */
export interface Claim {
  id: string;
  userId: string;
  /** As printed on the receipt, in lower case. */
  identifier: string;
  expiresAt: number;
}

export interface NewClaim extends Claim {
  tokenHash: string;
  createdAt: number;
}

/** At most `most` within the time since `since`. */
export interface Allowance {
  most: number;
  since: number;
}

/** Writes a claim down unless its user has made too many. */
export const insertClaim = (claim: NewClaim, { most, since }: Allowance): Sql => sql`
  INSERT INTO claims (id, user_id, identifier, token_hash, created_at, expires_at)
  SELECT ${claim.id}, ${claim.userId}, ${claim.identifier}, ${claim.tokenHash},
         ${claim.createdAt}, ${claim.expiresAt}
  WHERE (SELECT COUNT(*) FROM claims
         WHERE user_id = ${claim.userId} AND created_at > ${since}) < ${most}`;

/** Whether the claim was written down and its order may still be mailed about. */
export const mayMail = ({ id, identifier }: Claim, { most, since }: Allowance): Sql => sql`
  EXISTS (SELECT 1 FROM claims WHERE id = ${id})
  AND (SELECT COUNT(*) FROM claims
       WHERE identifier = ${identifier} AND created_at > ${since}) <= ${most}`;

/** For the service's own effects: a claim that can still be confirmed, and the order it names. */
export const findOpenClaim = (
  db: Database,
  id: string,
  now: number,
): Promise<(Claim & { orderId: string | null; owned: number }) | null> =>
  db.first<Claim & Row & { orderId: string | null; owned: number }>(sql`
    SELECT claims.id, claims.user_id AS userId, claims.identifier, claims.expires_at AS expiresAt,
           named.order_id AS orderId,
           EXISTS (SELECT 1 FROM owners
                   WHERE object = 'order' AND object_id = named.order_id) AS owned
    FROM claims LEFT JOIN order_identifiers AS named ON named.identifier = claims.identifier
    WHERE claims.id = ${id} AND claims.used_at IS NULL AND claims.expires_at > ${now}`);

export const ownClaims = (db: Database, { userId }: UserCaller) => ({
  /** When the caller's oldest claim that counts was made; `null` without one. */
  async oldestSince(since: number): Promise<number | null> {
    const row = await db.first<{ at: number | null }>(sql`
      SELECT MIN(created_at) AS at FROM claims
      WHERE user_id = ${userId} AND created_at > ${since}`);
    return row?.at ?? null;
  },

  /**
   * Uses up the claim of this token and gives its order to the caller, unless it has an owner.
   * `null`: no claim of the caller's has this token any more. Otherwise whose the order is now.
   */
  async confirm(
    tokenHash: string,
    stamp: string,
    trace: Trace,
    now: number,
  ): Promise<{ owner: Owner | null } | null> {
    const mine = sql`token_hash = ${tokenHash} AND user_id = ${userId}`;
    const named = await db.first<{ orderId: string | null }>(sql`
      SELECT (SELECT order_id FROM order_identifiers
              WHERE identifier = claims.identifier) AS orderId
      FROM claims WHERE ${mine}`);
    if (named === null) return null;
    const { orderId } = named;
    const order = sql`
      SELECT 'order' AS object, ${orderId} AS object_id, 'user' AS owner_kind,
             ${userId} AS owner_id
      FROM claims WHERE ${mine} AND used_by = ${stamp}`;
    const outcomes = await db.batch([
      sql`
        UPDATE claims SET used_by = ${stamp}, used_at = ${now}
        WHERE ${mine} AND used_at IS NULL AND expires_at > ${now}`,
      ...linkByHand(order, { stamp, actor: userId, now }),
      recallLinked(stamp, now),
      auditRow(
        {
          actor: userId,
          action: "purchase.claimed",
          subject: `order:${orderId}`,
          detail: { orderId, userId },
        },
        trace,
        now,
        linkedBy(stamp),
      ),
      sql`SELECT owner_kind AS kind, owner_id AS id FROM owners
          WHERE object = 'order' AND object_id = ${orderId}`,
    ]);
    if (outcomes[0]?.changes !== 1) return null;
    return { owner: ((outcomes.at(-1)?.rows ?? []) as unknown as Owner[])[0] ?? null };
  },
});
