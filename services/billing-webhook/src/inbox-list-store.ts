import { auditRow } from "@luna/shared/audit";
import type { Database } from "@luna/shared/d1/database";
import { sql } from "@luna/shared/d1/sql";
import type { Trace } from "@luna/shared/trace";

import type { InboxState } from "./inbox-store.ts";

/** A delivery as operators see it. */
export interface InboxEntry {
  id: string;
  event: string;
  objectType: string | null;
  objectId: string | null;
  subscriptionId: string | null;
  orderId: string | null;
  state: InboxState;
  reason: string | null;
  attempts: number;
  receivedAt: number;
  settledAt: number | null;
}

/** The columns of an `InboxEntry`. */
export const ENTRY_COLUMNS = sql`
  id, event_name AS event, object_type AS objectType, object_id AS objectId,
  subscription_id AS subscriptionId, order_id AS orderId, state, reason, attempts,
  received_at AS receivedAt, settled_at AS settledAt`;

/** The inbox for one administrator, whose every look is written down with it. */
export const inboxList = (db: Database, adminId: string, trace: Trace, now: number) => ({
  async read(which: {
    state: InboxState | null;
    before: string | null;
    limit: number;
  }): Promise<InboxEntry[]> {
    const { state, before, limit } = which;
    const [listed] = await db.batch([
      sql`
        SELECT ${ENTRY_COLUMNS} FROM inbox
        WHERE ${state === null ? sql`TRUE` : sql`state = ${state}`}
          AND ${before === null ? sql`TRUE` : sql`id < ${before}`}
        ORDER BY id DESC LIMIT ${limit}`,
      auditRow(
        { actor: adminId, action: "inbox.listed", subject: "inbox", detail: { state } },
        trace,
        now,
      ),
    ]);
    return (listed?.rows ?? []) as unknown as InboxEntry[];
  },
});
