import { auditRow } from "@luna/shared/audit";
import type { Database, Row } from "@luna/shared/d1/database";
import { sql } from "@luna/shared/d1/sql";
import { newId } from "@luna/shared/id";
import type { Trace } from "@luna/shared/trace";

import type { Collection } from "./lemonsqueezy/resource.ts";
import { TABLES } from "./observed-store.ts";
import type { ToldKind } from "./told.ts";

export const SCOPES = ["all", "recent"] as const;
export type Scope = (typeof SCOPES)[number];

/** One object to ask about. */
export interface Suspect {
  collection: Collection;
  id: string;
}

/** What is left to do: first these objects, then the pages of these lists from `page` on. */
export interface Cursor {
  objects: Suspect[];
  collections: Collection[];
  page: number;
  /** A list is left where it tells of what was sold before; `null` walks it to its end. */
  since: number | null;
}

/** A run that somebody may take steps of until `next_at`; `fence` tells whether still. */
export interface Claimed {
  id: string;
  scope: Scope;
  cursor: Cursor;
  startedAt: number;
  fence: number;
  attempts: number;
}

export interface Drift {
  object: ToldKind;
  id: string;
  before: string | null;
  after: string;
}

/** A run as operators see it. Times in ms. */
export interface Run {
  id: string;
  scope: Scope;
  state: "running" | "done" | "failed";
  startedAt: number;
  finishedAt: number | null;
  calls: number;
  seen: number;
  error: string | null;
}

/** Longer than the slowest call of the provider and what is written after it. */
const LEASE_MS = 30_000;

type RunRow = Row & Run;
type ClaimedRow = Row & Omit<Claimed, "cursor"> & { cursor: string };

/** Whether the object of a drift has an owner by now, which only what is stored has. */
const isStored = sql`CASE object
  WHEN 'order' THEN EXISTS (SELECT 1 FROM ${TABLES.order} WHERE id = object_id)
  WHEN 'subscription' THEN EXISTS (SELECT 1 FROM ${TABLES.subscription} WHERE id = object_id)
  WHEN 'invoice' THEN EXISTS (SELECT 1 FROM ${TABLES.invoice} WHERE id = object_id)
  ELSE EXISTS (SELECT 1 FROM ${TABLES.license_key} WHERE id = object_id) END`;

export const reconcileStore = (db: Database) => ({
  /** Starts a run of this scope unless one is under way. The id of the one that is. */
  async start(
    scope: Scope,
    cursor: Cursor,
    { actor, trace }: { actor: string; trace: Trace },
    now: number,
  ): Promise<string> {
    const id = newId(now);
    const [, , running] = await db.batch([
      sql`
        INSERT INTO reconcile_runs (id, scope, state, cursor, started_at, next_at)
        VALUES (${id}, ${scope}, 'running', ${JSON.stringify(cursor)}, ${now}, ${now})
        ON CONFLICT DO NOTHING`,
      auditRow(
        { actor, action: "reconcile.started", subject: id, detail: { scope } },
        trace,
        now,
        sql`changes() = 1`,
      ),
      sql`SELECT id FROM reconcile_runs WHERE scope = ${scope} AND state = 'running'`,
    ]);
    const [row] = (running?.rows ?? []) as { id: string }[];
    return row?.id ?? id;
  },

  /** The next steps of runs that nobody is taking; of one run, or of any. */
  async claim(now: number, id: string | null = null): Promise<Claimed[]> {
    const { rows } = await db.write<ClaimedRow>(sql`
      UPDATE reconcile_runs
      SET fence = fence + 1, attempts = attempts + 1, next_at = ${now + LEASE_MS}
      WHERE state = 'running' AND next_at <= ${now} AND (${id} IS NULL OR id = ${id})
      RETURNING id, scope, cursor, started_at AS startedAt, fence, attempts`);
    return rows.map(({ cursor, ...row }) => ({ ...row, cursor: JSON.parse(cursor) as Cursor }));
  },

  /** Writes down one step and keeps the lease. `false` when somebody else has taken over. */
  async step(run: Claimed, cursor: Cursor, seen: number, now: number): Promise<boolean> {
    const { changes } = await db.write(sql`
      UPDATE reconcile_runs
      SET cursor = ${JSON.stringify(cursor)}, calls = calls + 1, seen = seen + ${seen},
          attempts = 0, next_at = ${now + LEASE_MS}
      WHERE id = ${run.id} AND fence = ${run.fence} AND state = 'running'`);
    return changes === 1;
  },

  /** Gives the run back until `at`. */
  pause: ({ id, fence }: Claimed, at: number) =>
    db.write(sql`UPDATE reconcile_runs SET next_at = ${at} WHERE id = ${id} AND fence = ${fence}`),

  finish: ({ id, fence }: Claimed, error: string | null, now: number) =>
    db.write(sql`
      UPDATE reconcile_runs
      SET state = ${error === null ? "done" : "failed"}, error = ${error}, finished_at = ${now}
      WHERE id = ${id} AND fence = ${fence} AND state = 'running'`),

  /** Before what differs is repaired: a crash in between finds it written down. */
  recordDrift: (runId: string, { object, id, before, after }: Drift) =>
    db.write(sql`
      INSERT INTO drifts (run_id, object, object_id, before, after)
      VALUES (${runId}, ${object}, ${id}, ${before}, ${after})
      ON CONFLICT DO NOTHING`),

  /** When the next step of any run is to be taken; `null` when none is under way. */
  async nextAt(): Promise<number | null> {
    const row = await db.first<{ at: number | null }>(
      sql`SELECT MIN(next_at) AS at FROM reconcile_runs WHERE state = 'running'`,
    );
    return row?.at ?? null;
  },

  /** Writes down that an administrator looked at a run. */
  auditLook: (id: string, actor: string, trace: Trace, now: number) =>
    db.write(auditRow({ actor, action: "reconcile.looked_up", subject: id }, trace, now)),

  async report(id: string): Promise<(Run & { drifts: (Drift & { linked: boolean })[] }) | null> {
    const [run, drifts] = await Promise.all([
      db.first<RunRow>(sql`
        SELECT id, scope, state, started_at AS startedAt, finished_at AS finishedAt, calls, seen,
               error
        FROM reconcile_runs WHERE id = ${id}`),
      db.all<Row & Drift & { linked: number }>(sql`
        SELECT object, object_id AS id, before, after, ${isStored} AS linked FROM drifts
        WHERE run_id = ${id} ORDER BY object, object_id`),
    ]);
    return run && { ...run, drifts: drifts.map((row) => ({ ...row, linked: row.linked === 1 })) };
  },
});
