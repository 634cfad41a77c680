import type { Database } from "@luna/shared/d1/database";
import { sql, type Sql } from "@luna/shared/d1/sql";
import type { Role } from "@luna/shared/rpc/caller";

import type { Account, Status } from "./account.ts";

export type AccountRow = {
  id: string;
  email: string;
  email_key: string;
  role: Role;
  status: Status;
  generation: number;
  told_role: Role | null;
  created_at: number;
  updated_at: number;
};

/** The columns of an `AccountRow`, under the table's own name. */
export const ACCOUNT_COLUMNS = sql`
  accounts.id, accounts.email, accounts.email_key, accounts.role, accounts.status,
  accounts.generation, accounts.told_role, accounts.created_at, accounts.updated_at`;

export const accountOf = (row: AccountRow): Account => ({
  id: row.id,
  email: row.email,
  emailKey: row.email_key,
  role: row.role,
  status: row.status,
  generation: row.generation,
  toldRole: row.told_role,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});

export const selectAccount = (id: string): Sql =>
  sql`SELECT ${ACCOUNT_COLUMNS} FROM accounts WHERE id = ${id}`;

/** An account and the hash of its password; `found` says by what it is known. */
const findSecret = async (db: Database, found: Sql) => {
  const row = await db.first<AccountRow & { password_hash: string }>(
    sql`SELECT ${ACCOUNT_COLUMNS}, password_hash FROM accounts WHERE ${found}`,
  );
  return row === null ? null : { account: accountOf(row), passwordHash: row.password_hash };
};

export const findPassword = (db: Database, accountId: string) =>
  findSecret(db, sql`id = ${accountId}`);

/** What a password sign-in may be about: the account, or else its newest open sign-up. */
export type Candidate =
  | { kind: "account"; account: Account; passwordHash: string }
  | { kind: "unverified"; passwordHash: string }
  | null;

export const findCandidate = async (
  db: Database,
  emailKey: string,
  now: number,
): Promise<Candidate> => {
  const row = await db.first<AccountRow & { kind: string; password_hash: string }>(sql`
    SELECT 'account' AS kind, password_hash, ${ACCOUNT_COLUMNS}
    FROM accounts WHERE email_key = ${emailKey}
    UNION ALL
    SELECT * FROM (
      SELECT 'unverified', password_hash, account_id, email, email_key, 'user', 'active', 0, NULL,
             created_at, created_at
      FROM sign_ups
      WHERE email_key = ${emailKey} AND used_at IS NULL AND expires_at > ${now}
      ORDER BY created_at DESC LIMIT 1)
    LIMIT 1`);
  if (row === null) return null;
  return row.kind === "account"
    ? { kind: "account", account: accountOf(row), passwordHash: row.password_hash }
    : { kind: "unverified", passwordHash: row.password_hash };
};

/** Who has this address: enough to write to them. */
export const findAddressee = (
  db: Database,
  emailKey: string,
): Promise<{ id: string; email: string } | null> =>
  db.first<{ id: string; email: string }>(
    sql`SELECT id, email FROM accounts WHERE email_key = ${emailKey}`,
  );

/** True while the account is as it was read, so that what was proved of it still holds. */
export const isStill = ({ id, generation }: Account, passwordHash: string): Sql => sql`
  EXISTS (SELECT 1 FROM accounts WHERE id = ${id} AND password_hash = ${passwordHash}
          AND generation = ${generation} AND status = 'active')`;

/** True once the account has this very hash, whose salt nobody else has. */
export const hasPassword = (id: string, passwordHash: string): Sql => sql`
  EXISTS (SELECT 1 FROM accounts WHERE id = ${id} AND password_hash = ${passwordHash})`;

/** Refuses every token and session there is. */
export const raiseGeneration = (accountId: string, now: number, when = sql`TRUE`): Sql => sql`
  UPDATE accounts SET generation = generation + 1, seq = seq + 1, updated_at = ${now}
  WHERE id = ${accountId} AND ${when}`;

/** `when` names the proof that came with the change: the old hash, or a claimed token. */
export const setPassword = (
  accountId: string,
  passwordHash: string,
  now: number,
  when: Sql,
): Sql => sql`
  UPDATE accounts SET password_hash = ${passwordHash}, updated_at = ${now}
  WHERE id = ${accountId} AND ${when}`;

/** Changes what is given, if that changes anything. */
export const setStanding = (
  accountId: string,
  { role = null, status = null }: { role?: Role | null; status?: Status | null },
  now: number,
): Sql => {
  const next = sql`(COALESCE(${role}, role), COALESCE(${status}, status))`;
  return sql`
    UPDATE accounts SET (role, status) = ${next}, seq = seq + 1, updated_at = ${now}
    WHERE id = ${accountId} AND (role, status) IS NOT ${next}`;
};

/** The role others are told from now on. */
export const setToldRole = (accountId: string, role: Role): Sql => sql`
  UPDATE accounts SET told_role = ${role}, seq = seq + 1
  WHERE id = ${accountId} AND told_role IS NOT ${role}`;
