import type { Database } from "@luna/shared/d1/database";
import { sql } from "@luna/shared/d1/sql";
import { newId } from "@luna/shared/id";
import type { MailIntent, TemplateName } from "@luna/shared/rpc/mailer";
import { newTrace, type Trace } from "@luna/shared/trace";

import type { Outcome } from "./outcome.ts";
import type { Settlement } from "./settle.ts";

/** A mail somebody has just claimed, with all that is needed to send it. */
export interface ClaimedMail {
  id: string;
  key: string;
  template: TemplateName;
  locale: string;
  to: string;
  vars: Record<string, string>;
  /** `null` once destroyed. */
  sealed: Record<string, string> | null;
  expiresAt: number | null;
  /** This one included. */
  attempts: number;
  fence: number;
  acceptedAt: number;
  /** The address is on the suppression list. */
  suppressed: boolean;
  /** The claim before this one ended without a result, so the mail may have gone out. */
  lapsed: boolean;
  trace: Trace;
}

type ClaimedRow = {
  id: string;
  key: string;
  template: TemplateName;
  locale: string;
  recipient: string;
  vars: string;
  sealed: string | null;
  expires_at: number | null;
  attempts: number;
  fence: number;
  accepted_at: number;
  suppressed: number;
  lapsed: number;
  trace: string;
};

/** Above the deadline of a send, and short: a crash delays the mails in hand by this much. */
export const LEASE_MS = 20_000;

const claimedOf = (row: ClaimedRow): ClaimedMail => ({
  id: row.id,
  key: row.key,
  template: row.template,
  locale: row.locale,
  to: row.recipient,
  vars: JSON.parse(row.vars) as Record<string, string>,
  sealed: row.sealed === null ? null : (JSON.parse(row.sealed) as Record<string, string>),
  expiresAt: row.expires_at,
  attempts: row.attempts,
  fence: row.fence,
  acceptedAt: row.accepted_at,
  suppressed: row.suppressed === 1,
  lapsed: row.lapsed === 1,
  trace: JSON.parse(row.trace) as Trace,
});

const OPEN = sql`state IN ('queued', 'sending', 'retry')`;

/** The ledger as the delivery sees it. */
export const ledger = (db: Database) => ({
  /** Writes all or none and returns the ids of those that are new. */
  async insert(intents: readonly MailIntent[], trace: Trace, now: number): Promise<string[]> {
    const outcomes = await db.batch(
      intents.map(
        (intent) => sql`
          INSERT INTO mails (id, key, template, locale, recipient, vars, sealed, user_id,
                             expires_at, next_at, trace, accepted_at, updated_at)
          VALUES (${newId(now)}, ${intent.key}, ${intent.template}, ${intent.locale}, ${intent.to},
                  ${JSON.stringify(intent.vars)}, ${JSON.stringify(intent.sealed)},
                  ${intent.userId}, ${intent.expiresAt}, ${now}, ${JSON.stringify(trace)},
                  ${now}, ${now})
          ON CONFLICT (key) DO NOTHING
          RETURNING id`,
      ),
    );
    return outcomes.flatMap(({ rows }) => rows.map(({ id }) => String(id)));
  },

  /**
   * Takes the mail that is due longest, of `ids` or of all, for `LEASE_MS`. One transaction: the
   * claim, the end of the attempt whose lease ran out, and the row of the attempt that begins.
   */
  async claim(
    transport: string,
    now: number,
    ids: readonly string[] | null = null,
  ): Promise<ClaimedMail | null> {
    const claim = newTrace().traceId;
    const among =
      ids === null ? sql`TRUE` : sql`id IN (SELECT value FROM json_each(${JSON.stringify(ids)}))`;
    const [claimed] = await db.batch([
      sql`
        UPDATE mails SET
          state = 'sending', claim = ${claim}, fence = fence + 1, attempts = attempts + 1,
          ambiguous = ambiguous + (state = 'sending'),
          reason = CASE WHEN state = 'sending' THEN 'lease_expired' END,
          next_at = ${now + LEASE_MS}, updated_at = ${now}
        WHERE id = (SELECT id FROM mails WHERE ${OPEN} AND next_at <= ${now} AND ${among}
                    ORDER BY next_at LIMIT 1)
        RETURNING id, key, template, locale, recipient, vars, sealed, expires_at, attempts, fence,
          accepted_at, trace, reason IS NOT NULL AS lapsed,
          EXISTS (SELECT 1 FROM suppressions WHERE address = lower(recipient)
                  AND (until IS NULL OR until > ${now})) AS suppressed`,
      sql`
        UPDATE attempts SET ended_at = ${now}, class = 'ambiguous', code = 'lease_expired'
        WHERE ended_at IS NULL
          AND mail_id = (SELECT id FROM mails WHERE state = 'sending' AND claim = ${claim})`,
      sql`
        INSERT INTO attempts (mail_id, n, transport, started_at)
        SELECT id, fence, ${transport}, ${now} FROM mails
        WHERE state = 'sending' AND claim = ${claim}`,
    ]);
    const row = claimed?.rows[0] as ClaimedRow | undefined;
    return row === undefined ? null : claimedOf(row);
  },

  /** Writes what an attempt came to. `false` when the claim was no longer ours: nothing written. */
  async finish(
    { id, fence }: Pick<ClaimedMail, "id" | "fence">,
    outcome: Outcome,
    { state, nextAt, attempts, reason }: Settlement,
    now: number,
  ): Promise<boolean> {
    const held = sql`EXISTS (SELECT 1 FROM mails WHERE id = ${id} AND fence = ${fence}
                             AND state = 'sending')`;
    // A dead or held mail waits for an operator and keeps its sealed variables until it expires.
    const keepsSecrets = state === "retry" || state === "dead" || state === "held";
    const [, written] = await db.batch([
      sql`
        UPDATE attempts SET ended_at = ${now}, class = ${outcome.class}, code = ${outcome.code},
          detail = ${outcome.detail}
        WHERE mail_id = ${id} AND n = ${fence} AND ${held}`,
      sql`
        UPDATE mails SET state = ${state}, next_at = ${nextAt}, attempts = ${attempts},
          reason = ${reason}, claim = NULL, updated_at = ${now},
          provider_id = ${outcome.class === "sent" ? outcome.providerId : null},
          ambiguous = ambiguous + ${outcome.class === "ambiguous"},
          sealed = CASE WHEN ${keepsSecrets} OR sealed = '{}' THEN sealed END,
          ended_at = CASE WHEN ${state === "retry"} THEN NULL ELSE ${now} END
        WHERE id = ${id} AND fence = ${fence} AND state = 'sending'`,
    ]);
    return written?.changes === 1;
  },

  /** When the next mail is due, in milliseconds since 1970; `null` when none is on its way. */
  async nextDue(): Promise<number | null> {
    const row = await db.first<{ at: number | null }>(
      sql`SELECT MIN(next_at) AS at FROM mails WHERE ${OPEN}`,
    );
    return row?.at ?? null;
  },
});
export type Ledger = ReturnType<typeof ledger>;
