import { sql, type Sql } from "@luna/shared/d1/sql";

import { emailKey } from "./email-address.ts";
import { REMEMBER_MS } from "./session.ts";

/**
 * What the Subject of one user is to be told: JSON `{userId, pushes: SubjectPush[]}`, made by the
 * database inside the batch of the change, so that state and sequence are those of one moment.
 */
export interface Push {
  payload: Sql;
  /** True in a batch that has something to tell. */
  when: Sql;
}

const EPOCH = sql`(SELECT value FROM epoch)`;

/** One `account` fact of a row of `accounts`; the role as `roleOf` decides it. */
export const accountFact = (adminEmails: readonly string[]): Sql => sql`
  json_object('kind', 'account', 'epoch', ${EPOCH}, 'seq', seq, 'generation', generation,
    'role', CASE WHEN email_key IN
      (SELECT value FROM json_each(${JSON.stringify(adminEmails.map(emailKey))}))
      THEN 'admin' ELSE role END,
    'status', status)`;

const KEY_FACT = sql`
  json_object('kind', 'key', 'epoch', ${EPOCH}, 'seq', seq, 'keyId', id,
    'grant', json(CASE WHEN revoked_at IS NULL THEN json_object(
      'secretHash', secret_hash, 'scopes', json(scopes), 'expiresAt', expires_at) END))`;

const factsOf = (accountId: string, fact: Sql, rows: Sql): Push => ({
  payload: sql`(SELECT json_object('userId', ${accountId}, 'pushes', json_group_array(${fact}))
                FROM ${rows})`,
  when: sql`EXISTS (SELECT 1 FROM ${rows})`,
});

/** The account as the batch leaves it. */
export const pushAccount = (
  accountId: string,
  adminEmails: readonly string[],
  when = sql`TRUE`,
): Push =>
  factsOf(accountId, accountFact(adminEmails), sql`accounts WHERE id = ${accountId} AND ${when}`);

/** Those API keys of the account for which `which` holds. */
export const pushKeys = (accountId: string, which: Sql): Push =>
  factsOf(accountId, KEY_FACT, sql`api_keys WHERE account_id = ${accountId} AND ${which}`);

/** Sessions that are over and for which `which` holds, while a token of theirs could be valid. */
export const pushEndedSessions = (accountId: string, which: Sql, now: number): Push =>
  factsOf(
    accountId,
    sql`json_object('kind', 'session_revoked', 'sessionId', id, 'until', ${now + REMEMBER_MS})`,
    sql`sessions WHERE account_id = ${accountId} AND revoked_at IS NOT NULL
        AND rotated_at > ${now - REMEMBER_MS} AND ${which}`,
  );
