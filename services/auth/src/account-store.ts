import type { Database } from "@luna/shared/d1/database";
import { sql, type Sql } from "@luna/shared/d1/sql";
import type { Role } from "@luna/shared/rpc/caller";

import type { Account, Status } from "./account.ts";
import { isUnfamiliar } from "./device-store.ts";

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

type SecretRow = AccountRow & { password_hash: string };

/** An account and the hash of its password; `found` says by what it is known. */
const selectSecret = (found: Sql): Sql =>
  sql`SELECT ${ACCOUNT_COLUMNS}, password_hash FROM accounts WHERE ${found}`;

const secretOf = (row: SecretRow | null = null) =>
  row === null ? null : { account: accountOf(row), passwordHash: row.password_hash };

/** An account by its id, and who has that address: one round trip. */
export const findPasswordAndAddressee = async (
  db: Database,
  accountId: string,
  emailKey: string,
): Promise<{
  known: { account: Account; passwordHash: string } | null;
  addressee: Addressee | null;
}> => {
  const [accounts, addressees] = await db.batch([
    selectSecret(sql`id = ${accountId}`),
    selectAddressee(emailKey),
  ]);
  return {
    known: secretOf(accounts?.rows[0] as SecretRow | undefined),
    addressee: (addressees?.rows[0] as Addressee | undefined) ?? null,
  };
};

export const findPassword = async (db: Database, accountId: string) =>
  secretOf(await db.first<SecretRow>(selectSecret(sql`id = ${accountId}`)));

/** What a password sign-in may be about: the account, or else its newest open sign-up. */
export type Candidate =
  | { kind: "account"; account: Account; passwordHash: string; unfamiliar: boolean }
  | { kind: "unverified"; passwordHash: string }
  | null;

/** `device` is what the attempt comes from: an account that knows only others is told of it. */
export const findCandidate = async (
  db: Database,
  emailKey: string,
  device: string,
  now: number,
): Promise<Candidate> => {
  const row = await db.first<SecretRow & { kind: string; unfamiliar: number }>(sql`
    SELECT 'account' AS kind, password_hash, ${isUnfamiliar(device)} AS unfamiliar,
           ${ACCOUNT_COLUMNS}
    FROM accounts WHERE email_key = ${emailKey}
    UNION ALL
    SELECT * FROM (
      SELECT 'unverified', password_hash, FALSE, account_id, email, email_key, 'user', 'active', 0,
             NULL, created_at, created_at
      FROM sign_ups
      WHERE email_key = ${emailKey} AND used_at IS NULL AND expires_at > ${now}
      ORDER BY created_at DESC LIMIT 1)
    LIMIT 1`);
  if (row === null) return null;
  const passwordHash = row.password_hash;
  return row.kind === "account"
    ? { kind: "account", account: accountOf(row), passwordHash, unfamiliar: row.unfamiliar === 1 }
    : { kind: "unverified", passwordHash };
};

/** Who has an address: enough to write to them. */
type Addressee = { id: string; email: string };

const selectAddressee = (emailKey: string): Sql =>
  sql`SELECT id, email FROM accounts WHERE email_key = ${emailKey}`;

export const findAddressee = (db: Database, emailKey: string): Promise<Addressee | null> =>
  db.first<Addressee>(selectAddressee(emailKey));

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
