import { sql, type Sql, type SqlValue } from "../d1/sql.ts";
import type { CacheReport, IsolatePost } from "./stats-report.ts";

/** The part of a Durable Object's `storage.sql` that is used. */
export interface SqlStore {
  exec(text: string, ...params: SqlValue[]): { toArray(): Record<string, unknown>[] };
}

/** An isolate that serves posts every 10 s; one silent for six times that no longer serves. */
const SERVING_MS = 60_000;

/** Isolates do not live that long without a request; their totals are then added up in one row. */
export const RETIRE_AFTER_MS = 24 * 3_600_000;

/** Row of the totals of isolates that are gone. */
const RETIRED = "retired";

const SCHEMA = [
  sql`CREATE TABLE IF NOT EXISTS isolates (
    id TEXT PRIMARY KEY, at INTEGER NOT NULL, state TEXT NOT NULL, failures INTEGER NOT NULL,
    hits INTEGER NOT NULL, misses INTEGER NOT NULL, errors INTEGER NOT NULL,
    fallbacks INTEGER NOT NULL, corrupt INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID`,
  sql`CREATE TABLE IF NOT EXISTS resets (
    id INTEGER PRIMARY KEY CHECK (id = 1), generation INTEGER NOT NULL, at INTEGER NOT NULL
  ) STRICT`,
];

interface Reset {
  generation: number;
  at: number;
}

/** What the CacheStats object remembers: a row per isolate of the last day and the newest reset. */
export interface StatsBook {
  /** Writes one row. Totals only grow, so of two posts the larger is the later. */
  record(post: IsolatePost, now: number): { generation: number };
  report(now: number): CacheReport;
  reset(now: number): void;
  /** Adds up isolates that have been silent for a day. Whether any others are left. */
  retire(now: number): boolean;
}

export const openStatsBook = (store: SqlStore): StatsBook => {
  const run = <R extends object>({ text, params }: Sql) =>
    store.exec(text, ...params).toArray() as R[];
  for (const statement of SCHEMA) run(statement);
  const newestReset = (): Reset =>
    run<Reset>(sql`SELECT generation, at FROM resets`)[0] ?? { generation: 0, at: 0 };

  return {
    record: (post, now) => {
      const { generation } = newestReset();
      // It is about to close its circuit: that is what this post's answer tells it.
      const behind = post.generation < generation;
      run(sql`
        INSERT INTO isolates (id, at, state, failures, hits, misses, errors, fallbacks, corrupt)
        VALUES (${post.isolate}, ${now}, ${behind ? "closed" : post.state},
                ${behind ? 0 : post.failures}, ${post.hits}, ${post.misses}, ${post.errors},
                ${post.fallbacks}, ${post.corrupt})
        ON CONFLICT (id) DO UPDATE SET at = excluded.at, state = excluded.state,
          failures = excluded.failures, hits = max(hits, excluded.hits),
          misses = max(misses, excluded.misses), errors = max(errors, excluded.errors),
          fallbacks = max(fallbacks, excluded.fallbacks), corrupt = max(corrupt, excluded.corrupt)`);
      return { generation };
    },
    report: (now) => {
      const since = Math.max(now - SERVING_MS, newestReset().at);
      const [report] = run<Omit<CacheReport, "hitRate">>(sql`
        SELECT total(hits) AS hits, total(misses) AS misses, total(errors) AS errors,
          total(fallbacks) AS fallbacks, total(corrupt) AS corrupt,
          CASE max(CASE WHEN at < ${since} THEN 0 WHEN state = 'open' THEN 2
                        WHEN state = 'half_open' THEN 1 ELSE 0 END)
            WHEN 2 THEN 'open' WHEN 1 THEN 'half_open' ELSE 'closed' END AS circuitBreakerState,
          coalesce(max(iif(at < ${since}, 0, failures)), 0) AS circuitBreakerFailures
        FROM isolates`);
      if (report === undefined) throw new Error("an aggregate without a row");
      const reads = report.hits + report.misses;
      return { ...report, hitRate: reads === 0 ? 0 : report.hits / reads };
    },
    reset: (now) => {
      run(sql`
        INSERT INTO resets (id, generation, at) VALUES (1, 1, ${now})
        ON CONFLICT (id) DO UPDATE SET generation = generation + 1, at = excluded.at`);
    },
    retire: (now) => {
      const gone = sql`id <> ${RETIRED} AND at < ${now - RETIRE_AFTER_MS}`;
      run(sql`
        INSERT INTO isolates (id, at, state, failures, hits, misses, errors, fallbacks, corrupt)
        SELECT ${RETIRED}, 0, 'closed', 0, sum(hits), sum(misses), sum(errors), sum(fallbacks), sum(corrupt)
        FROM isolates WHERE ${gone} HAVING count(*) > 0
        ON CONFLICT (id) DO UPDATE SET hits = hits + excluded.hits,
          misses = misses + excluded.misses, errors = errors + excluded.errors,
          fallbacks = fallbacks + excluded.fallbacks, corrupt = corrupt + excluded.corrupt`);
      run(sql`DELETE FROM isolates WHERE ${gone}`);
      return run(sql`SELECT 1 FROM isolates WHERE id <> ${RETIRED} LIMIT 1`).length > 0;
    },
  };
};
