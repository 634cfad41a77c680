import { readdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync, type SQLInputValue } from "node:sqlite";

/** How long a look waits for a write of the mesh to end. */
const BUSY_MS = 5_000;

const withFile = <T>(file: string, use: (db: DatabaseSync) => T, readOnly = true): T => {
  const db = new DatabaseSync(file, { readOnly, timeout: BUSY_MS });
  try {
    return use(db);
  } finally {
    db.close();
  }
};

/** The SQLite file behind the local D1 database that has this table and this column. */
export const d1File = (stateDir: string, table: string, column = "id"): string => {
  const folder = join(stateDir, "v3/d1/miniflare-D1DatabaseObject");
  const files = readdirSync(folder).filter(
    (name) => name.endsWith(".sqlite") && name !== "metadata.sqlite",
  );
  const found = files
    .map((name) => join(folder, name))
    .find((file) =>
      withFile(
        file,
        (db) =>
          db.prepare("SELECT 1 FROM pragma_table_info(?) WHERE name = ?").get(table, column) !==
          undefined,
      ),
    );
  if (found === undefined) throw new Error(`no local database has ${table}.${column}`);
  return found;
};

/** Rows as they lie on disk, read beside the running mesh. */
export const rows = <T>(file: string, sql: string, ...values: SQLInputValue[]): T[] =>
  withFile(file, (db) => db.prepare(sql).all(...values) as T[]);

/** Changes the file behind the back of the mesh: the schema, or what a run starts from. */
export const alter = (file: string, change: (db: DatabaseSync) => void): void =>
  withFile(file, change, false);

/**
 * Makes every statement of the mesh on this database fail, by holding SQLite's exclusive lock from
 * another process, until the returned function is called.
 */
export const lockOut = (file: string): (() => void) => {
  const db = new DatabaseSync(file, { timeout: BUSY_MS });
  db.exec("BEGIN EXCLUSIVE");
  return () => {
    db.exec("ROLLBACK");
    db.close();
  };
};
