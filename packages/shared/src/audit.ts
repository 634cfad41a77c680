import { newId } from "./id.ts";
import { sql, type Sql } from "./d1/sql.ts";
import type { Trace } from "./trace.ts";

/** One security-relevant change: who did what to whom. Never a secret, never free text of a client. */
export interface AuditEntry {
  /** A user id, or `service:<name>` for what the mesh does by itself. */
  actor: string;
  /** `noun.verb` in the past tense: `session.revoked`. */
  action: string;
  /** The id of what was changed. */
  subject: string;
  detail?: Record<string, string | number | boolean | null>;
}

/**
 * Every database that records changes has this table (kept two years, about 300 bytes a row):
 *
 *     CREATE TABLE audit (
 *       id TEXT PRIMARY KEY, at INTEGER NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL,
 *       subject TEXT NOT NULL, detail TEXT NOT NULL, request_id TEXT NOT NULL
 *     ) STRICT;
 *
 * The row that goes into the same batch as the change it records, so that neither exists without
 * the other. `when` is the guard of that change: no change, no row.
 */
export const auditRow = (
  entry: AuditEntry,
  trace: Trace,
  now: number,
  when = sql`TRUE`,
): Sql => sql`
  INSERT INTO audit (id, at, actor, action, subject, detail, request_id)
  SELECT ${newId(now)}, ${now}, ${entry.actor}, ${entry.action}, ${entry.subject},
         ${JSON.stringify(entry.detail ?? {})}, ${trace.requestId}
  WHERE ${when}`;
