import { type Journal, openJournal } from "../journal.ts";
import type { Tables } from "./records.ts";

type Name = keyof Tables;
/** One row as it is after a change. */
export type Put = { [N in Name]: { table: N; row: Tables[N] } }[Name];

/** Tables whose rows get numbers; the rest is named by someone else. */
type Numbered = Exclude<Name, "checkouts" | "progress" | "chaos" | "guests">;

/** Everything the emulator knows, in memory and on disk. */
export interface State {
  get<N extends Name>(table: N, id: Tables[N]["id"]): Tables[N] | undefined;
  /** Oldest first. */
  list<N extends Name>(table: N): Tables[N][];
  /** The id for the next row of a table that numbers its rows. */
  nextId(table: Numbered): number;
  /** All of the rows or, after a crash, none of them. Resolves when they are on disk. */
  commit(puts: readonly Put[]): Promise<void>;
  /** Rewrites the file with one line per row, so that it does not grow over restarts. */
  compact(): Promise<void>;
  close(): Promise<void>;
}

/** Six or seven digits like the real ones, and no table's ids look like another's. */
const FIRST_ID: Readonly<Record<Numbered, number>> = {
  customers: 2_300_001,
  orders: 3_400_001,
  subscriptions: 1_650_001,
  invoices: 4_500_001,
  licenseKeys: 5_600_001,
  deliveries: 1,
};

type Rows = { [N in Name]: Map<Tables[N]["id"], Tables[N]> };

const emptyRows = (): Rows => ({
  checkouts: new Map(),
  customers: new Map(),
  orders: new Map(),
  subscriptions: new Map(),
  invoices: new Map(),
  licenseKeys: new Map(),
  deliveries: new Map(),
  progress: new Map(),
  chaos: new Map(),
  guests: new Map(),
});

const apply = <N extends Name>(rows: Rows, table: N, row: Tables[N]): void => {
  (rows[table] as Map<Tables[N]["id"], Tables[N]>).set(row.id, row);
};

const allRows = (rows: Rows): Put[][] =>
  (Object.keys(rows) as Name[]).flatMap((table) =>
    [...rows[table].values()].map((row) => [{ table, row } as Put]),
  );

const highestId = (table: ReadonlyMap<number, unknown>, lowest: number): number => {
  let highest = lowest - 1;
  for (const id of table.keys()) highest = Math.max(highest, id);
  return highest;
};

export const openState = async (file: string): Promise<State> => {
  const opened = await openJournal<Put[]>(file);
  const journal: Journal<Put[]> = opened.journal;
  const rows = emptyRows();
  for (const { table, row } of opened.records.flat()) apply(rows, table, row);
  const issued = new Map<Numbered, number>();

  return {
    get: (table, id) => rows[table].get(id),
    list: (table) => [...rows[table].values()] as never,
    nextId: (table) => {
      const highest = issued.get(table) ?? highestId(rows[table], FIRST_ID[table]);
      issued.set(table, highest + 1);
      return highest + 1;
    },
    commit: async (puts) => {
      for (const { table, row } of puts) apply(rows, table, row);
      await journal.append([...puts]);
    },
    compact: () => journal.replace(allRows(rows)),
    close: () => journal.close(),
  };
};
