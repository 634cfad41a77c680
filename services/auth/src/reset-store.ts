import type { Database } from "@luna/shared/d1/database";
import { sql, type Sql } from "@luna/shared/d1/sql";

/** A link that may set a new password. */
export interface Reset {
  id: string;
  accountId: string;
}

/** Stores the hash of a link's token, if there is such an account. */
export const insertReset = (
  { id, accountId }: Reset,
  tokenHash: string,
  expiresAt: number,
  now: number,
): Sql => sql`
  INSERT INTO password_resets (id, account_id, token_hash, created_at, expires_at)
  SELECT ${id}, ${accountId}, ${tokenHash}, ${now}, ${expiresAt}
  WHERE EXISTS (SELECT 1 FROM accounts WHERE id = ${accountId})`;

export const resetExists = (id: string): Sql =>
  sql`EXISTS (SELECT 1 FROM password_resets WHERE id = ${id})`;

const open = (now: number): Sql => sql`used_at IS NULL AND expires_at > ${now}`;

export const findOpenReset = (
  db: Database,
  tokenHash: string,
  now: number,
): Promise<Reset | null> =>
  db.first<Reset & Record<string, unknown>>(sql`
    SELECT id, account_id AS accountId FROM password_resets
    WHERE token_hash = ${tokenHash} AND ${open(now)}`);

/** The single use of a link. */
export const claimReset = (resetId: string, claimId: string, now: number): Sql => sql`
  UPDATE password_resets SET used_at = ${now}, used_by = ${claimId}
  WHERE id = ${resetId} AND ${open(now)}`;

/** True inside the batch whose claim succeeded, and for nobody else. */
export const resetClaimed = (claimId: string): Sql =>
  sql`EXISTS (SELECT 1 FROM password_resets WHERE used_by = ${claimId})`;

/** Links that were asked for under the old password are worth nothing under the new one. */
export const voidResets = (accountId: string, now: number, when: Sql): Sql => sql`
  UPDATE password_resets SET used_at = ${now}
  WHERE account_id = ${accountId} AND used_at IS NULL AND ${when}`;
