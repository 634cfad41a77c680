import type { Database } from "@luna/shared/d1/database";
import { sql, type Sql } from "@luna/shared/d1/sql";
import type { TemplateName } from "@luna/shared/rpc/mailer";
import type { Trace } from "@luna/shared/trace";

import type { Outcome } from "./outcome.ts";
import type { Settlement } from "./settle.ts";
import type { SuppressionReason } from "./suppression.ts";

/** A mail a run has just claimed, with all that is needed to send it. */
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
  /** Why its address is on the suppression list, if it is. */
  suppressions: readonly SuppressionReason[];
  /** An operator has paused its template. */
  paused: boolean;
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
  suppressions: string | null;
  paused: number;
  lapsed: number;
  trace: string;
};

/**
 * A crash delays the mails in hand by this much. Renewed long before, so it only has to outlast a
 * slow write, not a slow provider.
 */
export const LEASE_MS = 4_000;

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
  suppressions: (row.suppressions?.split(",") ?? []) as SuppressionReason[],
  paused: row.paused === 1,
  lapsed: row.lapsed === 1,
  trace: JSON.parse(row.trace) as Trace,
});

/** What an attempt came to, and what that makes of its mail. */
export interface Result {
  id: string;
  fence: number;
  outcome: Outcome;
  settlement: Settlement;
}

const flat = ({ id, fence, outcome, settlement }: Result) => ({
  id,
  fence,
  class: outcome.class,
  code: outcome.code,
  detail: outcome.detail,
  providerId: outcome.class === "sent" ? outcome.providerId : null,
  state: settlement.state,
  nextAt: settlement.nextAt,
  attempts: settlement.attempts,
  reason: settlement.reason,
});

const inList = (ids: readonly string[]): Sql =>
  sql`id IN (SELECT value FROM json_each(${JSON.stringify(ids)}))`;

/** The ledger as a run of the delivery sees it. `run` marks what is in this run's hands. */
export const deliveryLedger = (db: Database) => ({
  /**
   * Ends what has expired, whether or not any transport takes mail, and tells which transport an
   * operator has chosen.
   */
  async open(now: number): Promise<string | null> {
    const [, chosen] = await db.batch([
      sql`
        UPDATE mails INDEXED BY mails_expiry SET state = 'expired', reason = 'expired', ended_at = ${now},
          updated_at = ${now}, sealed = CASE WHEN sealed = '{}' THEN sealed END
        WHERE state IN ('queued', 'retry', 'held') AND expires_at <= ${now}`,
      CHOSEN,
    ]);
    return chosenOf(chosen?.rows);
  },

  /**
   * Takes the mails that are due longest, of `ids` or of all, for `LEASE_MS`. One transaction: the
   * claim, the end of attempts whose lease ran out, and the rows of the attempts that begin.
   */
  async claim(
    run: string,
    transport: string,
    now: number,
    limit: number,
    ids: readonly string[] | null = null,
  ): Promise<ClaimedMail[]> {
    const among = ids === null ? sql`TRUE` : inList(ids);
    const ours = sql`SELECT id, fence FROM mails WHERE state = 'sending' AND claim = ${run}`;
    const [claimed] = await db.batch([
      sql`
        UPDATE mails SET
          state = 'sending', claim = ${run}, fence = fence + 1, attempts = attempts + 1,
          ambiguous = ambiguous + (state = 'sending'),
          reason = CASE WHEN state = 'sending' THEN 'lease_expired' END,
          next_at = ${now + LEASE_MS}, updated_at = ${now}
        WHERE id IN (SELECT id FROM mails INDEXED BY mails_due
                     WHERE state IN ('queued', 'sending', 'retry') AND next_at <= ${now}
                       AND ${among}
                     ORDER BY next_at LIMIT ${limit})
        RETURNING id, key, template, locale, recipient, vars, sealed, expires_at, attempts, fence,
          accepted_at, trace, reason IS NOT NULL AS lapsed,
          EXISTS (SELECT 1 FROM paused_templates AS paused
                  WHERE paused.template = mails.template) AS paused,
          (SELECT group_concat(suppressions.reason) FROM suppressions
           WHERE suppressions.address = COALESCE(mails.address, lower(mails.recipient))
             AND (until IS NULL OR until > ${now})) AS suppressions`,
      sql`
        UPDATE attempts SET ended_at = ${now}, class = 'ambiguous', code = 'lease_expired'
        WHERE ended_at IS NULL AND (mail_id, n) IN (SELECT id, fence - 1 FROM (${ours}))`,
      sql`
        INSERT INTO attempts (mail_id, n, transport, started_at)
        SELECT id, fence, ${transport}, ${now} FROM (${ours}) WHERE TRUE
        ON CONFLICT (mail_id, n) DO NOTHING`,
    ]);
    return (claimed?.rows ?? []).map((row) => claimedOf(row as ClaimedRow));
  },

  /** Keeps what this run holds for another `LEASE_MS`; tells the chosen transport as `open` does. */
  async renew(run: string, now: number): Promise<string | null> {
    const [, chosen] = await db.batch([
      sql`UPDATE mails SET next_at = ${now + LEASE_MS} WHERE state = 'sending' AND claim = ${run}`,
      CHOSEN,
    ]);
    return chosenOf(chosen?.rows);
  },

  /**
   * Writes what attempts came to, and returns the ids of those whose claim was still ours: for any
   * other nothing is written.
   */
  // `+` keeps the planner from walking all mails of a state instead of these few by their keys.
  async settle(results: readonly Result[], now: number): Promise<ReadonlySet<string>> {
    const said = sql`json_each(${JSON.stringify(results.map(flat))}) AS said`;
    const [, written] = await db.batch([
      sql`
        UPDATE attempts SET ended_at = ${now}, class = said.value ->> 'class',
          code = said.value ->> 'code', detail = said.value ->> 'detail'
        FROM ${said} JOIN mails ON mails.id = said.value ->> 'id'
        WHERE +mails.state = 'sending' AND mails.fence = said.value ->> 'fence'
          AND mail_id = mails.id AND n = mails.fence`,
      // A dead or held mail waits for an operator and keeps its sealed variables until it expires.
      sql`
        UPDATE mails SET state = said.value ->> 'state', next_at = said.value ->> 'nextAt',
          attempts = said.value ->> 'attempts', reason = said.value ->> 'reason', claim = NULL,
          updated_at = ${now}, provider_id = said.value ->> 'providerId',
          ambiguous = ambiguous + (said.value ->> 'class' = 'ambiguous'),
          sealed = CASE WHEN said.value ->> 'state' IN ('retry', 'dead', 'held') OR sealed = '{}'
                   THEN sealed END,
          ended_at = CASE WHEN said.value ->> 'state' <> 'retry' THEN ${now} END
        FROM ${said}
        WHERE mails.id = said.value ->> 'id' AND mails.fence = said.value ->> 'fence'
          AND +mails.state = 'sending'
        RETURNING mails.id`,
    ]);
    return new Set((written?.rows ?? []).map(({ id }) => String(id)));
  },

  /** Gives back, as if never claimed, what this run has not begun. */
  async release(run: string, ids: readonly string[], now: number): Promise<void> {
    const ours = sql`state = 'sending' AND claim = ${run} AND ${inList(ids)}`;
    await db.batch([
      sql`DELETE FROM attempts WHERE (mail_id, n) IN (SELECT id, fence FROM mails WHERE ${ours})`,
      sql`
        UPDATE mails SET state = CASE WHEN attempts > 1 THEN 'retry' ELSE 'queued' END,
          attempts = attempts - 1, claim = NULL, next_at = ${now}, updated_at = ${now}
        WHERE ${ours}`,
    ]);
  },
});
export type DeliveryLedger = ReturnType<typeof deliveryLedger>;

/** Set by an operator; without it the variable MAIL_TRANSPORT decides. */
const CHOSEN = sql`SELECT value FROM settings WHERE name = 'transport'`;
const chosenOf = (rows: readonly Record<string, unknown>[] | undefined): string | null => {
  const value = rows?.[0]?.["value"];
  return typeof value === "string" ? value : null;
};
