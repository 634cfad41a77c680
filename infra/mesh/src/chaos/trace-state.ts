import type { Resource } from "@luna/local/lemonsqueezy/json-api";
import { finalOf } from "@luna/local/lemonsqueezy/trace";

import { rows } from "./d1-file.ts";
import type { Copy } from "./trace-cast.ts";

/** Our tables by the provider's name of what they hold. */
const TABLES: Readonly<Record<string, string>> = {
  subscriptions: "subscriptions",
  orders: "orders",
  "subscription-invoices": "invoices",
  "license-keys": "license_keys",
};

/** Who told it, when it was looked at, and what is made of ids or of how many told it. */
const INCIDENTAL = new Set([
  "changed_by",
  "receipt_by",
  "digest",
  "seq",
  "owner_id",
  "identifier",
  "key_short",
  "urls_expire_at",
]);
/** Copies of a trace have ids so far apart. */
const ID_STEP = 100;

type Row = Record<string, string | number | null>;

/** All four tables by type and id, read once. */
export const readTables = (billing: string): Map<string, Row> =>
  new Map(
    Object.entries(TABLES).flatMap(([type, table]) =>
      rows<Row>(billing, `SELECT * FROM ${table}`).map((row) => [`${type}/${row["id"]}`, row]),
    ),
  );

const plain = (row: Row, copy: number): Row =>
  Object.fromEntries(
    Object.entries(row)
      .filter(([name]) => !INCIDENTAL.has(name))
      .map(([name, value]) =>
        (name === "id" || name.endsWith("_id")) && /^\d{7}$/.test(String(value))
          ? [name, Number(value) - copy * ID_STEP]
          : [name, value],
      ),
  );

/** What is known of one buyer, told with the ids of the trace as it stands: equal for equal knowledge. */
export const knownOf = (tables: Map<string, Row>, { trace, copy }: Copy): string => {
  const objects: Resource[] = Object.values(finalOf(trace, { copy })).flat();
  return JSON.stringify(
    objects.map(({ type, id }) => {
      const row = tables.get(`${type}/${id}`);
      return row === undefined ? null : plain(row, copy);
    }),
  );
};

/** Whether what is known is what the provider's API says at the end. */
export const isFinal = (tables: Map<string, Row>, { trace, copy }: Copy): boolean =>
  Object.values(finalOf(trace, { copy }))
    .flat()
    .filter(({ type }) => TABLES[type] !== undefined)
    .every(({ type, id, attributes }) => {
      const row = tables.get(`${type}/${id}`);
      return row !== undefined && row["status"] === attributes["status"];
    });
