import { auditRow } from "@luna/shared/audit";
import type { Database, Row } from "@luna/shared/d1/database";
import { sql } from "@luna/shared/d1/sql";
import type { Trace } from "@luna/shared/trace";

import { ENTRY_COLUMNS, type InboxEntry } from "./inbox-list-store.ts";
import type { Relatives } from "./owner-store.ts";
import type { Owner } from "./owner.ts";
import { openBody, SEALED_COLUMNS, type SealedRow } from "./seal-body.ts";

/** One event for one administrator. */
export const eventStore = (db: Database) => ({
  find: (id: string): Promise<InboxEntry | null> =>
    db.first<InboxEntry & Row>(sql`SELECT ${ENTRY_COLUMNS} FROM inbox WHERE id = ${id}`),

  /** The bytes as they came; `null` too when they were forgotten. */
  async body(id: string): Promise<Uint8Array | null> {
    const row = await db.first<SealedRow & Row>(
      sql`SELECT ${SEALED_COLUMNS} FROM inbox WHERE id = ${id}`,
    );
    return row && openBody(row);
  },

  /** What an event is about; the order of an invoice is told by its subscription's other events. */
  async familyOf({ orderId, subscriptionId }: InboxEntry): Promise<Relatives> {
    if (orderId !== null || subscriptionId === null) return { orderId, subscriptionId };
    const row = await db.first<{ orderId: string }>(sql`
      SELECT order_id AS orderId FROM inbox
      WHERE subscription_id = ${subscriptionId} AND order_id IS NOT NULL LIMIT 1`);
    return { orderId: row?.orderId ?? null, subscriptionId };
  },

  /** Whose the subscription is, or the order where there is none. */
  holderOf: ({ orderId, subscriptionId }: Relatives): Promise<Owner | null> =>
    db.first<Owner & Row>(sql`
      SELECT owner_kind AS kind, owner_id AS id FROM owners
      WHERE (object = 'subscription' AND object_id = ${subscriptionId})
         OR (object = 'order' AND object_id = ${orderId})
      ORDER BY object DESC LIMIT 1`),

  /** Makes an event due once more. The count of attempts goes on, so each attempt has its own stamp. */
  async replay(id: string, actor: string, trace: Trace, now: number): Promise<void> {
    await db.batch([
      sql`
        UPDATE inbox SET state = 'received', reason = NULL, settled_at = NULL, next_at = ${now}
        WHERE id = ${id} AND state <> 'received'`,
      auditRow({ actor, action: "event.replayed", subject: id }, trace, now, sql`changes() = 1`),
    ]);
  },
});
