import { auditRow, type AuditEntry } from "@luna/shared/audit";
import type { Database } from "@luna/shared/d1/database";
import { sql } from "@luna/shared/d1/sql";
import type { Trace } from "@luna/shared/trace";

import type { Unstarted } from "./account-slots.ts";
import type { Lease, Outcome, RunState } from "./clock-state.ts";

export type Origin = "schedule" | "manual";

/** One slot as the ledger knows it. Times in ms; the nullable ones are set once it has started. */
export interface Run {
  job: string;
  slot: number;
  state: RunState;
  startedAt: number | null;
  finishedAt: number | null;
  error: string | null;
}

/** How many slots the ledger holds, and how those that ran have ended. */
export interface Totals {
  total: number;
  successful: number;
  failed: number;
}

/** An administrator's command, written down with what it changes. */
export interface Command {
  entry: AuditEntry;
  trace: Trace;
}

type RunRow = {
  job: string;
  slot: number;
  state: RunState;
  started_at: number | null;
  finished_at: number | null;
  error: string | null;
};

const runOf = (row: RunRow): Run => ({
  job: row.job,
  slot: row.slot,
  state: row.state,
  startedAt: row.started_at,
  finishedAt: row.finished_at,
  error: row.error,
});

/** The ledger of all slots. (job, slot) is its key, which is why no slot can start twice. */
export const createStore = (db: Database) => ({
  /** Writes down slots that will not run; those already known stay as they are. */
  async recordUnstarted(job: string, slots: readonly Unstarted[]): Promise<void> {
    await db.write(sql`
      INSERT INTO runs (job, slot, state, origin)
      SELECT ${job}, value ->> 'slot', value ->> 'state', 'schedule'
      FROM json_each(${JSON.stringify(slots)}) WHERE TRUE
      ON CONFLICT (job, slot) DO NOTHING`);
  },

  /** Claims a slot: `false` when it was claimed or decided before. */
  async start(job: string, lease: Lease, origin: Origin, command?: Command): Promise<boolean> {
    const [claimed] = await db.batch([
      sql`
        INSERT INTO runs (job, slot, state, origin, run_id, fence, started_at)
        VALUES (${job}, ${lease.slot}, 'running', ${origin}, ${lease.runId}, ${lease.fence},
                ${lease.from})
        ON CONFLICT (job, slot) DO NOTHING`,
      ...(command === undefined
        ? []
        : [auditRow(command.entry, command.trace, lease.from, sql`changes() = 1`)]),
    ]);
    return claimed?.changes === 1;
  },

  /** Ends a run: `false` when the ledger does not know it as running. */
  async finish(job: string, lease: Lease, outcome: Outcome): Promise<boolean> {
    const { changes } = await db.write(sql`
      UPDATE runs SET state = ${outcome.state}, finished_at = ${outcome.at}, error = ${outcome.error}
      WHERE job = ${job} AND slot = ${lease.slot} AND run_id = ${lease.runId}
        AND fence = ${lease.fence} AND state = 'running'`);
    return changes === 1;
  },

  async recordCommand({ entry, trace }: Command, now: number): Promise<void> {
    await db.write(auditRow(entry, trace, now));
  },

  /** The newest slot of each job that has one. */
  async newest(jobs: readonly string[]): Promise<Run[]> {
    const rows = await db.all<RunRow>(sql`
      SELECT runs.* FROM json_each(${JSON.stringify(jobs)}) AS named
      JOIN runs ON runs.job = named.value
       AND runs.slot = (SELECT MAX(slot) FROM runs WHERE job = named.value)`);
    return rows.map(runOf);
  },

  async recent(limit: number): Promise<Run[]> {
    const rows = await db.all<RunRow>(
      sql`SELECT * FROM runs ORDER BY slot DESC, job LIMIT ${limit}`,
    );
    return rows.map(runOf);
  },

  async totals(): Promise<Totals> {
    const row = await db.first<Totals & Record<string, unknown>>(sql`
      SELECT COUNT(*) AS total, COUNT(*) FILTER (WHERE state = 'ok') AS successful,
             COUNT(*) FILTER (WHERE state IN ('failed', 'lost')) AS failed
      FROM runs`);
    return row ?? { total: 0, successful: 0, failed: 0 };
  },

  /** Finished and never started slots before `time`. */
  async deleteRunsBefore(time: number): Promise<number> {
    return (await db.write(sql`DELETE FROM runs WHERE slot < ${time} AND state <> 'running'`))
      .changes;
  },

  async deleteAuditBefore(time: number): Promise<number> {
    return (await db.write(sql`DELETE FROM audit WHERE at < ${time}`)).changes;
  },

  optimize: () => db.write(sql`PRAGMA optimize`),
});

export type Store = ReturnType<typeof createStore>;
