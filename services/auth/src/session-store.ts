import type { Database, Outcome } from "@luna/shared/d1/database";
import { sql, type Sql } from "@luna/shared/d1/sql";

import type { Account } from "./account.ts";
import { ACCOUNT_COLUMNS, accountOf, type AccountRow } from "./account-store.ts";
import type { RefreshClaim } from "./refresh-token.ts";
import { ABSOLUTE_MS, IDLE_MS, type Session } from "./session.ts";

export interface NewSession {
  id: string;
  accountId: string;
  generation: number;
  userAgent: string;
  address: string;
  device: string;
}

export const insertSession = (session: NewSession, now: number, when = sql`TRUE`): Sql => sql`
  INSERT INTO sessions (id, account_id, generation, created_at, rotated_at, idle_expires_at,
                        absolute_expires_at, user_agent, address, device)
  SELECT ${session.id}, ${session.accountId}, ${session.generation}, ${now}, ${now},
         ${now + IDLE_MS}, ${now + ABSOLUTE_MS}, ${session.userAgent}, ${session.address},
         ${session.device}
  WHERE ${when}`;

type SessionRow = AccountRow & {
  session_id: string;
  session_generation: number;
  counter: number;
  rotated_at: number;
  idle_expires_at: number;
  absolute_expires_at: number;
  revoked_at: number | null;
};

/** Moves a session to its next token, if the presented one is its newest and the session lives. */
const rotation = ({ sessionId, counter }: RefreshClaim, now: number): Sql => sql`
  UPDATE sessions
  SET counter = counter + 1, rotated_at = ${now}, idle_expires_at = ${now + IDLE_MS}
  WHERE id = ${sessionId} AND counter = ${counter} AND revoked_at IS NULL
    AND idle_expires_at > ${now} AND absolute_expires_at > ${now}
    AND generation = (SELECT generation FROM accounts
                      WHERE accounts.id = sessions.account_id AND status = 'active')`;

/** Rotation and what the session is afterwards, in one transaction and one round trip. */
export const rotateSession = async (
  db: Database,
  claim: RefreshClaim,
  now: number,
): Promise<{ rotated: boolean; session: Session; account: Account } | null> => {
  const [update, read] = (await db.batch([
    rotation(claim, now),
    sql`
      SELECT ${ACCOUNT_COLUMNS}, sessions.id AS session_id, sessions.generation AS session_generation,
             counter, rotated_at, idle_expires_at, absolute_expires_at, revoked_at
      FROM sessions JOIN accounts ON accounts.id = sessions.account_id
      WHERE sessions.id = ${claim.sessionId}`,
  ])) as [Outcome, Outcome<SessionRow>];
  const row = read.rows[0];
  if (row === undefined) return null;
  return {
    rotated: update.changes === 1,
    account: accountOf(row),
    session: {
      id: row.session_id,
      accountId: row.id,
      generation: row.session_generation,
      counter: row.counter,
      rotatedAt: row.rotated_at,
      idleExpiresAt: row.idle_expires_at,
      absoluteExpiresAt: row.absolute_expires_at,
      revokedAt: row.revoked_at,
    },
  };
};

/** Why a session ended before its time. */
export type Ending = "signed_out" | "ended_elsewhere" | "password_changed" | "refresh_token_reused";

/** Ends one session, once. */
export const endSession = (
  { id, accountId }: Pick<Session, "id" | "accountId">,
  because: Ending,
  now: number,
): Sql => sql`
  UPDATE sessions SET revoked_at = ${now}, revoked_because = ${because}
  WHERE id = ${id} AND account_id = ${accountId} AND revoked_at IS NULL`;

/** Ends every other session of the account. */
export const endOtherSessions = (
  { id, accountId }: Pick<Session, "id" | "accountId">,
  because: Ending,
  now: number,
  when: Sql,
): Sql => sql`
  UPDATE sessions SET revoked_at = ${now}, revoked_because = ${because}
  WHERE account_id = ${accountId} AND id <> ${id} AND revoked_at IS NULL AND ${when}`;

/** One device that is signed in. */
export interface LiveSession {
  id: string;
  createdAt: number;
  /** When its newest token was made. */
  lastUsedAt: number;
  userAgent: string;
  address: string;
}

/** The newest `limit` sessions of an account that came before the one named `before`. */
export const listSessions = (
  db: Database,
  accountId: string,
  { limit, before }: { limit: number; before: string | undefined },
  now: number,
): Promise<LiveSession[]> =>
  db.all<LiveSession & Record<string, unknown>>(sql`
    SELECT sessions.id, sessions.created_at AS createdAt, rotated_at AS lastUsedAt,
           user_agent AS userAgent, address
    FROM sessions JOIN accounts
      ON accounts.id = sessions.account_id AND accounts.generation = sessions.generation
    WHERE account_id = ${accountId} AND revoked_at IS NULL
      AND idle_expires_at > ${now} AND absolute_expires_at > ${now}
      AND (${before ?? null} IS NULL OR sessions.id < ${before ?? null})
    ORDER BY sessions.id DESC LIMIT ${limit}`);
