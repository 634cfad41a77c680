import { tally } from "./tally.ts";

interface Meta {
  rows_read?: number;
  rows_written?: number;
}

const countRows = ({ rows_read = 0, rows_written = 0 }: Meta): void => {
  tally.d1Queries += 1;
  tally.d1RowsRead += rows_read;
  tally.d1RowsWritten += rows_written;
};

const bare = new WeakMap<object, D1PreparedStatement>();

const countedStatement = (statement: D1PreparedStatement): D1PreparedStatement => {
  const run = async <T>(): Promise<D1Result<T>> => {
    tally.d1RoundTrips += 1;
    const result = await statement.all<T>();
    countRows(result.meta);
    return result;
  };
  const counted = {
    bind: (...values: unknown[]) => countedStatement(statement.bind(...values)),
    run,
    all: run,
    first: async (column?: string) => {
      const row = (await run<Record<string, unknown>>()).results[0] ?? null;
      return column === undefined || row === null ? row : row[column];
    },
  } as unknown as D1PreparedStatement;
  bare.set(counted, statement);
  return counted;
};

/** A database that answers as before and counts round trips and rows. */
export const countedD1 = <Database extends D1Database | D1DatabaseSession>(
  database: Database,
): Database =>
  ({
    prepare: (text: string) => countedStatement(database.prepare(text)),
    batch: async (statements: D1PreparedStatement[]) => {
      tally.d1RoundTrips += 1;
      const results = await database.batch(
        statements.map((statement) => bare.get(statement) ?? statement),
      );
      for (const { meta } of results) countRows(meta);
      return results;
    },
    withSession: (constraint?: string) =>
      countedD1((database as D1Database).withSession(constraint)),
    getBookmark: () => (database as D1DatabaseSession).getBookmark(),
  }) as unknown as Database;
