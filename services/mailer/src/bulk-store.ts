import { auditRow } from "@luna/shared/audit";
import type { Database } from "@luna/shared/d1/database";
import { sql, type Sql } from "@luna/shared/d1/sql";
import type { Trace } from "@luna/shared/trace";

import type { MailConditions, MailSelection } from "./mail-filter.ts";

export type BulkVerb = "retry" | "release" | "drop";

/** The mails a verb may change; whatever else an operator means is left alone. */
const CHANGEABLE: Readonly<Record<BulkVerb, Sql>> = {
  // Nothing in flight, nothing delivered, and nothing whose secret is gone.
  retry: sql`state IN ('retry', 'failed', 'dead', 'suppressed') AND sealed IS NOT NULL`,
  release: sql`state = 'held' AND sealed IS NOT NULL`,
  drop: sql`state IN ('queued', 'retry', 'held', 'dead')`,
};
const PAST: Readonly<Record<BulkVerb, string>> = {
  retry: "mail.bulk_retried",
  release: "mail.bulk_released",
  drop: "mail.bulk_dropped",
};

/** Makes a mail due again with all its attempts. */
export const DUE_AGAIN = (now: number): Sql => sql`
  state = 'queued', attempts = 0, next_at = ${now}, reason = NULL, updated_at = ${now},
  ended_at = NULL`;

/** Ends it, unsent and explained; what was secret in it is destroyed. */
const dropped = (now: number): Sql => sql`
  state = 'failed', reason = 'dropped', claim = NULL, updated_at = ${now},
  ended_at = COALESCE(ended_at, ${now}), sealed = CASE WHEN sealed = '{}' THEN sealed END`;

const inList = (ids: readonly string[]): Sql =>
  sql`id IN (SELECT value FROM json_each(${JSON.stringify(ids)}))`;

/** The predicate of what an operator means. */
export const meant = ({ ids, state, template, to, since, until }: MailConditions): Sql => sql`
  ${ids === undefined ? sql`TRUE` : inList(ids)}
  AND ${state === undefined ? sql`TRUE` : sql`state = ${state}`}
  AND ${template === undefined ? sql`TRUE` : sql`template = ${template}`}
  AND ${to === undefined ? sql`TRUE` : sql`COALESCE(address, lower(recipient)) = lower(${to})`}
  AND ${since === undefined ? sql`TRUE` : sql`accepted_at >= ${since}`}
  AND ${until === undefined ? sql`TRUE` : sql`accepted_at < ${until}`}`;

/** Many mails at once, as far as the verb fits their state at the very moment of the write. */
export const bulkLedger = (db: Database) => ({
  async change(
    verb: BulkVerb,
    selection: MailSelection,
    actor: string,
    trace: Trace,
    now: number,
  ): Promise<{ matched: number; ids: string[] }> {
    const { limit, dryRun, ids, state, template, to, since, until } = selection;
    const which = sql`${CHANGEABLE[verb]} AND ${meant(selection)}`;
    const oldest = sql`SELECT id FROM mails WHERE ${which} ORDER BY id LIMIT ${limit}`;
    const count = sql`SELECT COUNT(*) AS n FROM mails WHERE ${which}`;
    const detail = {
      state: state ?? null,
      template: template ?? null,
      // Whose address it was is nothing an audit row keeps.
      to: to !== undefined,
      since: since ?? null,
      until: until ?? null,
      ids: ids?.length ?? null,
      limit,
    };
    const next = verb === "drop" ? dropped(now) : DUE_AGAIN(now);
    const [counted, changed] = await db.batch(
      dryRun
        ? [count, oldest]
        : [
            count,
            sql`UPDATE mails SET ${next} WHERE id IN (${oldest}) RETURNING id`,
            auditRow(
              { actor, action: PAST[verb], subject: "mails", detail },
              trace,
              now,
              sql`changes() > 0`,
            ),
          ],
    );
    return {
      matched: Number(counted?.rows[0]?.["n"] ?? 0),
      ids: (changed?.rows ?? []).map(({ id }) => String(id)).toSorted(),
    };
  },
});
export type BulkLedger = ReturnType<typeof bulkLedger>;
