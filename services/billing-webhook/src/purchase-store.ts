import { auditRow } from "@luna/shared/audit";
import type { Database, Row } from "@luna/shared/d1/database";
import { sql } from "@luna/shared/d1/sql";
import type { Trace } from "@luna/shared/trace";

import { ENTRY_COLUMNS, type InboxEntry } from "./inbox-list-store.ts";
import type { Owner } from "./owner.ts";

/** What is known here of one purchase. */
export interface KnownOrder {
  orderId: string;
  identifier: string | null;
  status: string | null;
  customerId: string | null;
  owner: Owner | null;
}

type OrderRow = Row & {
  orderId: string;
  identifier: string | null;
  status: string | null;
  customerId: string | null;
  ownerKind: Owner["kind"] | null;
  ownerId: string | null;
};

/** More events about one search help nobody. */
const MOST_EVENTS = 200;

/** Purchases for one administrator, whose every look is written down. */
export const purchaseStore = (db: Database) => ({
  auditLook: (actor: string, by: string, trace: Trace, now: number) =>
    db.write(
      auditRow(
        { actor, action: "purchase.looked_up", subject: "purchases", detail: { by } },
        trace,
        now,
      ),
    ),

  /** The order an identifier of a receipt stands for, or which has this very id. */
  async orderIdOf(order: string): Promise<string | null> {
    const row = await db.first<{ id: string }>(
      sql`SELECT order_id AS id FROM order_identifiers WHERE identifier = ${order.toLowerCase()}`,
    );
    return row?.id ?? (/^\d{1,20}$/.test(order) ? order : null);
  },

  /** Whether anything was ever told of an order. */
  async isKnown(orderId: string): Promise<boolean> {
    const row = await db.first(sql`SELECT 1 FROM inbox WHERE order_id = ${orderId} LIMIT 1`);
    return row !== null;
  },

  /** Orders of a customer, as far as any event named one. */
  async ordersOf(customerId: string): Promise<string[]> {
    const rows = await db.all<{ id: string }>(sql`
      SELECT DISTINCT order_id AS id FROM inbox
      WHERE customer_id = ${customerId} AND order_id IS NOT NULL`);
    return rows.map(({ id }) => id);
  },

  async orders(ids: readonly string[]): Promise<KnownOrder[]> {
    const rows = await db.all<OrderRow>(sql`
      SELECT asked.value AS orderId, named.identifier, orders.status,
             orders.customer_id AS customerId, owners.owner_kind AS ownerKind,
             owners.owner_id AS ownerId
      FROM json_each(${JSON.stringify(ids)}) AS asked
      LEFT JOIN order_identifiers AS named ON named.order_id = asked.value
      LEFT JOIN orders ON orders.id = asked.value
      LEFT JOIN owners ON owners.object = 'order' AND owners.object_id = asked.value`);
    return rows.map(({ ownerKind, ownerId, ...row }) => ({
      ...row,
      owner: ownerKind === null || ownerId === null ? null : { kind: ownerKind, id: ownerId },
    }));
  },

  subscriptions: (orderIds: readonly string[]) =>
    db.all<Row & { id: string; orderId: string; status: string; variantId: string }>(sql`
      SELECT id, order_id AS orderId, status, variant_id AS variantId FROM subscriptions
      WHERE order_id IN (SELECT value FROM json_each(${JSON.stringify(orderIds)}))`),

  /** What waits for an operator or an owner about these purchases, newest first. */
  waiting: (orderIds: readonly string[], subscriptionIds: readonly string[]) =>
    db.all<InboxEntry & Row>(sql`
      SELECT ${ENTRY_COLUMNS} FROM inbox
      WHERE +state IN ('unlinked', 'parked', 'dead')
        AND (order_id IN (SELECT value FROM json_each(${JSON.stringify(orderIds)}))
          OR subscription_id IN (SELECT value FROM json_each(${JSON.stringify(subscriptionIds)})))
      ORDER BY id DESC LIMIT ${MOST_EVENTS}`),
});
