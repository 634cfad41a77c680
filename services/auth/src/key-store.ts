import type { Database } from "@luna/shared/d1/database";
import { sql, type Sql } from "@luna/shared/d1/sql";
import type { Scope } from "@luna/shared/rpc/caller";

import type { StoredKey } from "./api-key.ts";

export type KeyRow = Record<string, unknown> & {
  id: string;
  account_id: string;
  name: string;
  scopes: string;
  created_at: number;
  expires_at: number | null;
};

const COLUMNS = sql`id, account_id, name, scopes, created_at, expires_at`;

export const keyOf = (row: KeyRow): StoredKey => ({
  id: row.id,
  accountId: row.account_id,
  name: row.name,
  scopes: JSON.parse(row.scopes) as Scope[],
  createdAt: row.created_at,
  expiresAt: row.expires_at,
});

const live = (now: number): Sql =>
  sql`revoked_at IS NULL AND (expires_at IS NULL OR expires_at > ${now})`;

/** The API keys of one account: every statement names it. */
export const keysOf = (accountId: string) => ({
  /** Stores a key by its hash, unless the account has `most` that no successor replaces. */
  insert: (key: StoredKey, secretHash: string, most: number, now: number): Sql => sql`
    INSERT INTO api_keys (id, account_id, name, secret_hash, scopes, created_at, expires_at)
    SELECT ${key.id}, ${accountId}, ${key.name}, ${secretHash}, ${JSON.stringify(key.scopes)},
           ${now}, ${key.expiresAt}
    WHERE (SELECT count(*) FROM api_keys
           WHERE account_id = ${accountId} AND rotated_to IS NULL AND ${live(now)})
          < ${most}`,

  /** The newest `limit` keys that came before the one named `before`. */
  async list(
    db: Database,
    { limit, before }: { limit: number; before: string | undefined },
  ): Promise<StoredKey[]> {
    const rows = await db.all<KeyRow>(sql`
      SELECT ${COLUMNS} FROM api_keys
      WHERE account_id = ${accountId} AND revoked_at IS NULL
        AND (${before ?? null} IS NULL OR id < ${before ?? null})
      ORDER BY id DESC LIMIT ${limit}`);
    return rows.map(keyOf);
  },

  read: (id: string): Sql =>
    sql`SELECT ${COLUMNS} FROM api_keys
        WHERE account_id = ${accountId} AND id = ${id} AND revoked_at IS NULL`,

  revoke: (id: string, now: number): Sql => sql`
    UPDATE api_keys SET revoked_at = ${now}, seq = seq + 1
    WHERE account_id = ${accountId} AND id = ${id} AND revoked_at IS NULL`,

  /**
   * A successor with the name, scopes and length of life of a live key that has none yet. It takes the
   * place of that one, so it always has room; what is bounded is how many old keys live on beside
   * theirs. One that ends at once must be replaceable whatever else there is: it may have leaked.
   */
  insertSuccessor: (
    { id, of, secretHash }: { id: string; of: string; secretHash: string },
    until: number,
    mostOverlaps: number,
    now: number,
  ): Sql => sql`
    INSERT INTO api_keys (id, account_id, name, secret_hash, scopes, created_at, expires_at)
    SELECT ${id}, account_id, name, ${secretHash}, scopes, ${now}, ${now} + expires_at - created_at
    FROM api_keys
    WHERE account_id = ${accountId} AND id = ${of} AND rotated_to IS NULL AND ${live(now)}
      AND (${until} <= ${now}
           OR (SELECT count(*) FROM api_keys
               WHERE account_id = ${accountId} AND rotated_to IS NOT NULL AND ${live(now)})
              < ${mostOverlaps})`,

  /** Ends a key whose successor this batch has made: at `until`, or now when that is not later. */
  retire: (id: string, successorId: string, until: number, now: number): Sql => sql`
    UPDATE api_keys
    SET rotated_to = ${successorId}, seq = seq + 1,
        expires_at = MIN(COALESCE(expires_at, ${until}), ${until}),
        revoked_at = CASE WHEN ${until} > ${now} THEN NULL ELSE ${now} END
    WHERE account_id = ${accountId} AND id = ${id}
      AND EXISTS (SELECT 1 FROM api_keys WHERE id = ${successorId})`,
});

/** Whose key has this hash: for administrators, who may end anybody's. */
export const findKeyByHash = (
  db: Database,
  secretHash: string,
): Promise<{ id: string; accountId: string } | null> =>
  db.first<{ id: string; accountId: string }>(
    sql`SELECT id, account_id AS accountId FROM api_keys WHERE secret_hash = ${secretHash}`,
  );
