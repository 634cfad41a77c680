import type { Database } from "@luna/shared/d1/database";
import { sql } from "@luna/shared/d1/sql";

const DAY_MS = 24 * 60 * 60 * 1_000;

/** What each table's retention says is over. */
export const deleteOld = async (db: Database, now: number): Promise<Record<string, number>> => {
  const [signUps, sessions, resets, changes, keys, audit] = await db.batch([
    sql`DELETE FROM sign_ups WHERE created_at < ${now - 7 * DAY_MS}`,
    sql`DELETE FROM sessions
        WHERE MIN(idle_expires_at, absolute_expires_at, COALESCE(revoked_at, idle_expires_at))
              < ${now - 30 * DAY_MS}`,
    sql`DELETE FROM password_resets WHERE created_at < ${now - 7 * DAY_MS}`,
    sql`DELETE FROM email_changes WHERE created_at < ${now - 7 * DAY_MS}`,
    sql`DELETE FROM api_keys
        WHERE MIN(COALESCE(revoked_at, expires_at), COALESCE(expires_at, revoked_at))
              < ${now - 30 * DAY_MS}`,
    sql`DELETE FROM audit WHERE at < ${now - 2 * 365 * DAY_MS}`,
  ]);
  return {
    signUps: signUps?.changes ?? 0,
    sessions: sessions?.changes ?? 0,
    passwordResets: resets?.changes ?? 0,
    emailChanges: changes?.changes ?? 0,
    apiKeys: keys?.changes ?? 0,
    audit: audit?.changes ?? 0,
  };
};

export const optimize = (db: Database) => db.write(sql`PRAGMA optimize`);
