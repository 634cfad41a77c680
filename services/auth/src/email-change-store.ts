import { sql, type Sql } from "@luna/shared/d1/sql";
import type { Role } from "@luna/shared/rpc/caller";

import { emailKey } from "./email-address.ts";

/** A link that moves an account to another address. */
export interface EmailChange {
  id: string;
  accountId: string;
  email: string;
}

/** Within this time whoever asks again has not seen the first mail yet: one link is enough. */
const UNSEEN_MS = 60_000;

/** False while the very same change has just been asked for, and nothing has voided it. */
export const isNewEmailChange = ({ accountId, email }: EmailChange, now: number): Sql => sql`
  NOT EXISTS (SELECT 1 FROM email_changes
              WHERE account_id = ${accountId} AND email = ${email} AND used_at IS NULL
                AND created_at > ${now - UNSEEN_MS})`;

/** Stores the hash of a link's token, if `when`: the password still holds, the request is new. */
export const insertEmailChange = (
  { id, accountId, email }: EmailChange,
  tokenHash: string,
  expiresAt: number,
  now: number,
  when: Sql,
): Sql => sql`
  INSERT INTO email_changes (id, account_id, token_hash, email, email_key, created_at, expires_at)
  SELECT ${id}, ${accountId}, ${tokenHash}, ${email}, ${emailKey(email)}, ${now}, ${expiresAt}
  WHERE ${when}`;

export const emailChangeExists = (id: string): Sql =>
  sql`EXISTS (SELECT 1 FROM email_changes WHERE id = ${id})`;

const open = (now: number): Sql => sql`used_at IS NULL AND expires_at > ${now}`;

export type OpenEmailChange = EmailChange & { generation: number; role: Role };

/** The open link with this token's hash, and the account as it is now. */
export const selectOpenEmailChange = (tokenHash: string, now: number): Sql => sql`
  SELECT email_changes.id, account_id AS accountId, email_changes.email, generation, role
  FROM email_changes JOIN accounts ON accounts.id = account_id
  WHERE token_hash = ${tokenHash} AND ${open(now)}`;

/** The single use of a link, while the account is what it was and nobody else has the address. */
export const claimEmailChange = (
  { id, accountId, generation }: OpenEmailChange,
  claimId: string,
  now: number,
): Sql => sql`
  UPDATE email_changes SET used_at = ${now}, used_by = ${claimId}
  WHERE id = ${id} AND ${open(now)}
    AND NOT EXISTS (SELECT 1 FROM accounts
                    WHERE accounts.email_key = email_changes.email_key AND id <> ${accountId})
    AND EXISTS (SELECT 1 FROM accounts
                WHERE id = ${accountId} AND generation = ${generation} AND status = 'active')`;

/** True inside the batch whose claim succeeded, and for nobody else. */
export const emailChangeClaimed = (claimId: string): Sql =>
  sql`EXISTS (SELECT 1 FROM email_changes WHERE used_by = ${claimId})`;

/** `role` is what others are told of the account from now on: it may depend on the address. */
export const setEmail = (
  { accountId, email }: EmailChange,
  role: Role,
  now: number,
  when: Sql,
): Sql => sql`
  UPDATE accounts SET email = ${email}, email_key = ${emailKey(email)}, told_role = ${role},
    seq = seq + 1, updated_at = ${now}
  WHERE id = ${accountId} AND ${when}`;

/** The address with its place in the order of changes, for users. */
export const emailFact = (accountId: string): Sql => sql`
  (SELECT json_object('userId', id, 'email', email, 'seq', seq,
                      'epoch', (SELECT value FROM epoch))
   FROM accounts WHERE id = ${accountId})`;

/** A newer request, a new password or a change that was made leaves no other link open. */
export const voidEmailChanges = (accountId: string, now: number, when: Sql): Sql => sql`
  UPDATE email_changes SET used_at = ${now}
  WHERE account_id = ${accountId} AND used_at IS NULL AND ${when}`;
