import { within } from "../deadline.ts";
import type { Sql } from "./sql.ts";

/** DESIGN law 10: past this a caller gives up waiting. D1 may still finish a write. */
export const DEADLINE_MS = 5_000;

/** D1 did not answer, or refused. `unknown` means a write may nevertheless have happened. */
export class DatabaseFailure extends Error {
  readonly outcome: "failed" | "unknown";

  constructor(outcome: "failed" | "unknown", cause: unknown) {
    super(`D1 ${outcome === "unknown" ? "write without an answer" : "call failed"}`, { cause });
    this.name = "DatabaseFailure";
    this.outcome = outcome;
  }
}

export type Row = Record<string, unknown>;

/** Rows of one statement and how many rows it changed. */
export interface Outcome<R extends Row = Row> {
  rows: R[];
  changes: number;
}

export interface Database {
  /** A read: the first row, or `null`. */
  first<R extends Row>(statement: Sql): Promise<R | null>;
  /** A read: every row. */
  all<R extends Row>(statement: Sql): Promise<R[]>;
  /** A write; `RETURNING` rows come back. */
  write<R extends Row>(statement: Sql): Promise<Outcome<R>>;
  /** Several statements as one transaction: all of them happen, or none. */
  batch(statements: readonly Sql[]): Promise<Outcome[]>;
}

const late = (): never => {
  throw new Error(`no answer within ${DEADLINE_MS} ms`);
};

/** SQLite refused the statement itself, so nothing was written. Anything else may have been. */
const wasRefused = (error: unknown): boolean =>
  error instanceof Error && /SQLITE_|constraint failed|no such|syntax error/i.test(error.message);

/**
 * D1 through prepared statements only, every call under the deadline: `within`, or `withinRequest`
 * where that may be.
 */
export const createDatabase = (d1: D1Database, inTime: typeof within = within): Database => {
  const read = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await inTime(DEADLINE_MS, work, late);
    } catch (error) {
      throw new DatabaseFailure("failed", error);
    }
  };
  const write = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await inTime(DEADLINE_MS, work, late);
    } catch (error) {
      throw new DatabaseFailure(wasRefused(error) ? "failed" : "unknown", error);
    }
  };
  const prepare = ({ text, params }: Sql): D1PreparedStatement =>
    d1
      .prepare(text)
      .bind(...params.map((value) => (typeof value === "boolean" ? Number(value) : value)));
  const outcome = <R extends Row>(result: D1Result<R>): Outcome<R> => ({
    rows: result.results,
    changes: result.meta.changes,
  });
  return {
    first: (statement) => read(prepare(statement).first()),
    all: async <R extends Row>(statement: Sql) => (await read(prepare(statement).all<R>())).results,
    write: async <R extends Row>(statement: Sql) =>
      outcome(await write(prepare(statement).all<R>())),
    batch: async (statements) => (await write(d1.batch<Row>(statements.map(prepare)))).map(outcome),
  };
};
