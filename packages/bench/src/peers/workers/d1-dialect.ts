import {
  SqliteAdapter,
  SqliteQueryCompiler,
  type CompiledQuery,
  type DatabaseConnection,
  type DatabaseIntrospector,
  type Dialect,
  type Driver,
  type QueryResult,
  type TableMetadata,
} from "kysely";

class Connection implements DatabaseConnection {
  readonly #database: D1Database;

  constructor(database: D1Database) {
    this.#database = database;
  }

  async executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
    const statement = this.#database.prepare(sql).bind(...parameters);
    const { results, meta } = await statement.all<Row>();
    return { rows: results, numAffectedRows: BigInt(meta.changes) };
  }

  streamQuery<Row>(): AsyncIterableIterator<QueryResult<Row>> {
    throw new Error("D1 does not stream");
  }
}

/** The library looks at its tables once; D1 refuses the catalogue query that Kysely has for SQLite. */
const readTables = async (database: D1Database): Promise<TableMetadata[]> => {
  const { results } = await database
    .prepare(
      `SELECT tables.name AS name, columns.name AS column, columns.type AS type
       FROM sqlite_master AS tables, pragma_table_info(tables.name) AS columns
       WHERE tables.type = 'table' AND tables.name NOT LIKE '\\_cf\\_%' ESCAPE '\\'
         AND tables.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'`,
    )
    .all<{ name: string; column: string; type: string }>();
  return [...new Set(results.map(({ name }) => name))].map((name) => ({
    name,
    isView: false,
    isForeign: false,
    columns: results
      .filter((row) => row.name === name)
      .map(({ column, type }) => ({
        name: column,
        dataType: type,
        isNullable: true,
        isAutoIncrementing: false,
        hasDefaultValue: false,
      })),
  }));
};

const noTransaction = (): Promise<never> => Promise.reject(new Error("D1 has only batches"));

class Adapter extends SqliteAdapter {
  override get supportsMultipleConnections(): boolean {
    return true;
  }
}

/**
 * D1 as many connections: the library at its best. With its own D1 support requests wait for each other's
 * turn at one connection, and workerd cancels those that wait as hung; an instance per request, the usual
 * way out, serves a quarter as many.
 */
export class D1Dialect implements Dialect {
  readonly #database: D1Database;

  constructor(database: D1Database) {
    this.#database = database;
  }

  createDriver(): Driver {
    return {
      init: () => Promise.resolve(),
      acquireConnection: () => Promise.resolve(new Connection(this.#database)),
      releaseConnection: () => Promise.resolve(),
      beginTransaction: noTransaction,
      commitTransaction: noTransaction,
      rollbackTransaction: noTransaction,
      destroy: () => Promise.resolve(),
    };
  }

  createQueryCompiler(): SqliteQueryCompiler {
    return new SqliteQueryCompiler();
  }

  createAdapter(): Adapter {
    return new Adapter();
  }

  createIntrospector(): DatabaseIntrospector {
    return {
      getSchemas: () => Promise.resolve([]),
      getTables: () => readTables(this.#database),
    };
  }
}
