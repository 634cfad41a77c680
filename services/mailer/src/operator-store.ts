import { auditRow } from "@luna/shared/audit";
import type { Database } from "@luna/shared/d1/database";
import { sql, type Sql } from "@luna/shared/d1/sql";
import type { Trace } from "@luna/shared/trace";

import { DUE_AGAIN, meant } from "./bulk-store.ts";
import type { MailConditions } from "./mail-filter.ts";
import type { Attempt, Mail, ProviderEvent } from "./mail.ts";

const time = (ms: number | null): string | null =>
  ms === null ? null : new Date(ms).toISOString();

/** Columns an operator may see: neither the variables nor the sealed ones are among them. */
const COLUMNS = sql`id, template, locale, recipient, user_id, state, reason, attempts, ambiguous,
  provider_id, next_at, expires_at, accepted_at, ended_at`;

type MailRow = {
  id: string;
  template: string;
  locale: string;
  recipient: string;
  user_id: string | null;
  state: Mail["state"];
  reason: string | null;
  attempts: number;
  ambiguous: number;
  provider_id: string | null;
  next_at: number;
  expires_at: number | null;
  accepted_at: number;
  ended_at: number | null;
};

const mailOf = (row: MailRow): Mail => ({
  id: row.id,
  template: row.template,
  locale: row.locale,
  to: row.recipient,
  userId: row.user_id,
  state: row.state,
  reason: row.reason,
  attempts: row.attempts,
  ambiguousAttempts: row.ambiguous,
  providerId: row.provider_id,
  nextAttemptAt: row.ended_at === null ? time(row.next_at) : null,
  expiresAt: time(row.expires_at),
  acceptedAt: new Date(row.accepted_at).toISOString(),
  endedAt: time(row.ended_at),
});

type AttemptRow = {
  n: number;
  transport: string;
  started_at: number;
  ended_at: number | null;
  class: Attempt["class"];
  code: string | null;
  detail: string | null;
};

const attemptOf = (row: AttemptRow): Attempt => ({
  n: row.n,
  transport: row.transport,
  startedAt: new Date(row.started_at).toISOString(),
  endedAt: time(row.ended_at),
  class: row.class,
  code: row.code,
  detail: row.detail,
});

type EventRow = { kind: string; at: number; detail: string };

const eventOf = ({ kind, at, detail }: EventRow): ProviderEvent => ({
  kind,
  at: new Date(at).toISOString(),
  detail,
});

/** States an operator may send again: nothing in flight, nothing delivered, nothing too late. */
const RETRYABLE = sql`state IN ('retry', 'failed', 'dead', 'suppressed', 'held')`;

/** The ledger as an operator sees and repairs it. */
export const operatorLedger = (db: Database) => ({
  /** Newest first, up to `limit` rows older than `before`. */
  async list(conditions: MailConditions, limit: number, before: string | null): Promise<Mail[]> {
    const rows = await db.all<MailRow>(sql`
      SELECT ${COLUMNS} FROM mails
      WHERE ${meant(conditions)} AND ${before === null ? sql`TRUE` : sql`id < ${before}`}
      ORDER BY id DESC LIMIT ${limit}`);
    return rows.map(mailOf);
  },

  /** One mail and everything that happened to it, oldest first. */
  async timeline(
    id: string,
  ): Promise<(Mail & { timeline: Attempt[]; events: ProviderEvent[] }) | null> {
    const [mails, attempts, events] = await db.batch([
      sql`SELECT ${COLUMNS} FROM mails WHERE id = ${id}`,
      sql`SELECT n, transport, started_at, ended_at, class, code, detail
          FROM attempts WHERE mail_id = ${id} ORDER BY n`,
      sql`SELECT kind, at, detail FROM provider_events WHERE mail_id = ${id} ORDER BY at, id`,
    ]);
    const row = mails?.rows[0] as MailRow | undefined;
    if (row === undefined) return null;
    return {
      ...mailOf(row),
      timeline: (attempts?.rows ?? []).map((attempt) => attemptOf(attempt as AttemptRow)),
      events: (events?.rows ?? []).map((event) => eventOf(event as EventRow)),
    };
  },

  /** Makes a mail due again with all its attempts. `false` when its state or lost secret forbids it. */
  async requeue(id: string, actor: string, trace: Trace, now: number): Promise<boolean> {
    const [queued] = await db.batch([
      requeueOf(sql`id = ${id} AND ${RETRYABLE}`, now),
      auditRow({ actor, action: "mail.retried", subject: id }, trace, now, sql`changes() = 1`),
    ]);
    return queued?.rows.length === 1;
  },

  /** Makes up to `limit` dead mails due again, oldest first, and returns their ids. */
  async requeueDead(limit: number, actor: string, trace: Trace, now: number): Promise<string[]> {
    const [queued] = await db.batch([
      requeueOf(
        sql`id IN (SELECT id FROM mails WHERE state = 'dead' AND sealed IS NOT NULL
                   ORDER BY id LIMIT ${limit})`,
        now,
      ),
      auditRow(
        { actor, action: "mail.dlq_processed", subject: "mail-dead", detail: { limit } },
        trace,
        now,
        sql`changes() > 0`,
      ),
    ]);
    return (queued?.rows ?? []).map(({ id }) => String(id));
  },

  /** What became of these mails. */
  async states(ids: readonly string[]): Promise<Pick<Mail, "id" | "state" | "reason">[]> {
    return db.all<MailRow>(sql`
      SELECT id, state, reason FROM mails
      WHERE id IN (SELECT value FROM json_each(${JSON.stringify(ids)})) ORDER BY id`);
  },
});
export type OperatorLedger = ReturnType<typeof operatorLedger>;

const requeueOf = (which: Sql, now: number): Sql => sql`
  UPDATE mails SET ${DUE_AGAIN(now)}
  WHERE ${which} AND sealed IS NOT NULL
  RETURNING id`;
