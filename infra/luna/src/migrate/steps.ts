import { Complaint } from "../settings.ts";
import type { Migration } from "./migration.ts";

/** wrangler's own table, created as wrangler creates it. */
export const RECORDS_TABLE = `CREATE TABLE IF NOT EXISTS d1_migrations(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT UNIQUE,
  applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL
);`;

/** The schema a service made, without the tables of SQLite, D1 and wrangler. */
export const SCHEMA = `SELECT type || ' ' || name || ': ' || sql AS name FROM sqlite_master
WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '\\_cf\\_%' ESCAPE '\\'
AND name <> 'd1_migrations' ORDER BY 1;`;

/** One migration to run in one direction: its SQL and its record, meant for one batch. */
export interface Step {
  record: string;
  direction: "up" | "down";
  sql: string;
}

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;
/** A file may end in a comment or without a semicolon. */
const terminated = (sql: string): string => sql.replace(/;?\s*$/, "\n;\n");

/** What is not applied yet, oldest first, at most `limit`. */
export const stepsUp = (
  migrations: readonly Migration[],
  applied: readonly string[],
  limit = Infinity,
): Step[] =>
  migrations
    .filter(({ record }) => !applied.includes(record))
    .slice(0, limit)
    .map(({ record, up }) => ({
      record,
      direction: "up",
      sql: `${terminated(up)}INSERT INTO d1_migrations (name) VALUES (${quoted(record)});\n`,
    }));

/** The newest `count` applied ones, newest first. Throws `Complaint` for one without a down.sql. */
export const stepsDown = (
  migrations: readonly Migration[],
  applied: readonly string[],
  count: number,
): Step[] =>
  applied
    .toSorted()
    .toReversed()
    .slice(0, count)
    .map((record) => {
      const known = migrations.find((migration) => migration.record === record);
      if (known === undefined || known.down === null)
        throw new Complaint(`${record} has no ${known === undefined ? "files" : "down.sql"} here.`);
      return {
        record,
        direction: "down",
        sql: `${terminated(known.down)}DELETE FROM d1_migrations WHERE name = ${quoted(record)};\n`,
      };
    });
