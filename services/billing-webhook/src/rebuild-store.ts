import type { Database, Row } from "@luna/shared/d1/database";
import { sql, type Sql } from "@luna/shared/d1/sql";

import { lemonSqueezyEvents } from "./lemonsqueezy/provider.ts";
import { TABLES } from "./observed-store.ts";
import { openBody, SEALED_COLUMNS, type SealedRow } from "./seal-body.ts";
import type { Applied } from "./story.ts";
import type { Event, ToldKind } from "./told.ts";

/** A row as it is stored; `owned` is whether its owner is the one its purchase is linked to. */
export type StoredRow = Row & { owned: number };

/** Everything the inbox and the tables say about some objects, at one moment. */
export interface Page {
  /** The deliveries of each object, oldest first. */
  objects: Applied[][];
  /** The stored rows, by id. */
  rows: Map<string, StoredRow>;
  /** Where the next page begins; `null` after the last object. */
  next: string | null;
}

type AppliedRow = SealedRow & { object_id: string; told: string | null };

/** From the bytes, or from what they were read as where they are forgotten; `null` for neither. */
const appliedOf = async (row: AppliedRow): Promise<Applied | null> => {
  const body = await openBody(row);
  const { id, object_id: objectId, told } = row;
  if (body === null)
    return told === null ? null : { id, objectId, event: JSON.parse(told) as Event };
  const event = lemonSqueezyEvents.readEvent(body);
  return typeof event === "string" ? null : { id, objectId, event };
};

/** Objects looked at together: each may have dozens of deliveries of a few KB. */
const PAGE_OBJECTS = 10;

/** Whether the row `stored` belongs to whom its purchase is linked to. */
const OWNED: Readonly<Record<ToldKind, Sql>> = {
  subscription: sql`owners.object = 'subscription' AND owners.object_id = stored.id`,
  order: sql`owners.object = 'order' AND owners.object_id = stored.id`,
  invoice: sql`owners.object = 'subscription' AND owners.object_id = stored.subscription_id`,
  license_key: sql`owners.object = 'order' AND owners.object_id = stored.order_id`,
};

export const rebuildStore = (db: Database) => ({
  /**
   * One transaction, so that an event applied meanwhile is seen in both or in neither. `unlinked` too:
   * what was nobody's may be somebody's once the links are made again.
   */
  async page(kind: ToldKind, objectType: string, after: string, unlinked: boolean): Promise<Page> {
    const told = sql`object_type = ${objectType}
      AND (state IN ('applied', 'stale') OR (${unlinked} AND state = 'unlinked'))`;
    const some = sql`
      SELECT DISTINCT object_id FROM inbox WHERE ${told} AND object_id > ${after}
      ORDER BY object_id LIMIT ${PAGE_OBJECTS}`;
    const [applied, stored] = await db.batch([
      sql`SELECT ${SEALED_COLUMNS}, object_id, told FROM inbox WHERE ${told} AND object_id IN (${some})
          ORDER BY object_id, id`,
      sql`SELECT stored.*, EXISTS (
            SELECT 1 FROM owners WHERE ${OWNED[kind]}
              AND (owners.owner_kind, owners.owner_id) = (stored.owner_kind, stored.owner_id)
          ) AS owned
          FROM ${TABLES[kind]} AS stored WHERE stored.id IN (${some})`,
    ]);
    const deliveries = (applied?.rows ?? []) as AppliedRow[];
    const rows = (stored?.rows ?? []) as (StoredRow & { id: string })[];
    const events = await Promise.all(deliveries.map(appliedOf));
    const byObject = Map.groupBy(
      events.filter((event) => event !== null),
      ({ objectId }) => objectId,
    );
    const ids = new Set(deliveries.map((row) => row.object_id));
    return {
      objects: [...byObject.values()],
      rows: new Map(rows.map((row) => [row.id, row])),
      next: ids.size < PAGE_OBJECTS ? null : ([...ids].at(-1) ?? null),
    };
  },

  /** Stored objects that no delivery ever told of. */
  async untold(kind: ToldKind, objectType: string, limit: number): Promise<string[]> {
    const rows = await db.all<{ id: string }>(sql`
      SELECT id FROM ${TABLES[kind]} AS stored
      WHERE NOT EXISTS (SELECT 1 FROM inbox
                        WHERE object_type = ${objectType} AND object_id = stored.id
                          AND state IN ('applied', 'stale'))
      ORDER BY id LIMIT ${limit}`);
    return rows.map(({ id }) => id);
  },
});
