import type { Database } from "@luna/shared/d1/database";
import { sql } from "@luna/shared/d1/sql";

const DAY_MS = 24 * 60 * 60 * 1_000;
/** Long enough to answer "I never got that mail". */
const ENDED_MS = 30 * DAY_MS;
/** Dead and held mails wait for a person. */
const WAITING_MS = 90 * DAY_MS;
/** A secret nobody came to use is destroyed, even where the mail itself never expires. */
const SECRET_MS = 7 * DAY_MS;
/** As long as anybody asks what became of a mail. */
const EVENTS_MS = ENDED_MS;
const AUDIT_MS = 2 * 365 * DAY_MS;
/** Deletes this many mails a run, so that a run stays short. */
const ROWS = 1_000;

/** What time does to the ledger. */
export const retention = (db: Database) => ({
  /** Destroys the sealed variables of mails that wait for an operator but can never be sent again. */
  async purgeSecrets(now: number): Promise<number> {
    const { changes } = await db.write(sql`
      UPDATE mails SET sealed = NULL, updated_at = ${now}
      WHERE state IN ('dead', 'held') AND sealed IS NOT NULL AND sealed <> '{}'
        AND (expires_at <= ${now} OR ended_at <= ${now - SECRET_MS})`);
    return changes;
  },

  /** Deletes what has been kept long enough, attempts with their mails. */
  async deleteOld(
    now: number,
  ): Promise<Record<"mails" | "audit" | "events" | "suppressions", number>> {
    const [, mails, audit, events, suppressions] = await db.batch([
      sql`DELETE FROM attempts WHERE mail_id IN (${old(now)})`,
      sql`DELETE FROM mails WHERE id IN (${old(now)})`,
      sql`DELETE FROM audit WHERE at < ${now - AUDIT_MS}`,
      sql`DELETE FROM provider_events WHERE received_at < ${now - EVENTS_MS}`,
      sql`DELETE FROM suppressions WHERE until <= ${now}`,
    ]);
    return {
      mails: mails?.changes ?? 0,
      audit: audit?.changes ?? 0,
      events: events?.changes ?? 0,
      suppressions: suppressions?.changes ?? 0,
    };
  },

  optimize: () => db.write(sql`PRAGMA optimize`),
});

const old = (now: number) => sql`
  SELECT id FROM mails WHERE ended_at IS NOT NULL
    AND ended_at < CASE WHEN state IN ('dead', 'held') THEN ${now - WAITING_MS}
                        ELSE ${now - ENDED_MS} END
  ORDER BY ended_at LIMIT ${ROWS}`;
