import { DatabaseSync } from "node:sqlite";

interface Bound {
  text: string;
  params: (string | number | null | Uint8Array)[];
}

/** D1's shape over a real SQLite in memory, and the statements it was asked to run. */
export interface TestD1 {
  d1: D1Database;
  sqlite: DatabaseSync;
  statements: string[];
}

/** Statements run when awaited and a batch is one transaction, as on D1; nothing else is imitated. */
export const openTestD1 = (schema: string): TestD1 => {
  const sqlite = new DatabaseSync(":memory:");
  sqlite.exec(schema);
  const statements: string[] = [];
  const run = ({ text, params }: Bound) => {
    statements.push(text.trim().replaceAll(/\s+/g, " "));
    const results = sqlite.prepare(text).all(...params);
    const changes = sqlite.prepare("SELECT changes() AS n").get()?.["n"];
    return { success: true, results, meta: { changes } };
  };
  const inTransaction = (batch: Bound[]) => {
    sqlite.exec("BEGIN");
    try {
      const outcomes = batch.map(run);
      sqlite.exec("COMMIT");
      return outcomes;
    } catch (error) {
      sqlite.exec("ROLLBACK");
      throw error;
    }
  };
  const statement = (bound: Bound) => ({
    ...bound,
    bind: (...params: Bound["params"]) => statement({ text: bound.text, params }),
    all: async () => run(bound),
    first: async () => run(bound).results[0] ?? null,
  });
  const fake = {
    prepare: (text: string) => statement({ text, params: [] }),
    batch: async (batch: Bound[]) => inTransaction(batch),
  };
  return { d1: fake as unknown as D1Database, sqlite, statements };
};
