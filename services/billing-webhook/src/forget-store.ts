import { auditRow } from "@luna/shared/audit";
import type { Database } from "@luna/shared/d1/database";
import { sql } from "@luna/shared/d1/sql";
import type { Trace } from "@luna/shared/trace";

import type { Owner } from "./owner.ts";

/**
 * Forgets the keys of every body about the purchases of an owner; how many there were. That they
 * paid, when and how much stays, as the law of most countries wants, without a name or an address.
 */
export const forgetBodies = async (
  db: Database,
  { kind, id }: Owner,
  trace: Trace,
  now: number,
): Promise<number> => {
  const own = (object: "customer" | "order" | "subscription") => sql`
    SELECT object_id FROM owners
    WHERE object = ${object} AND owner_kind = ${kind} AND owner_id = ${id}`;
  const [forgotten] = await db.batch([
    sql`
      UPDATE inbox SET body_key = NULL
      WHERE body_key IS NOT NULL
        AND (order_id IN (${own("order")}) OR subscription_id IN (${own("subscription")})
          OR (customer_id IN (${own("customer")}) AND order_id IS NULL AND subscription_id IS NULL))`,
    auditRow(
      { actor: "service:billing-webhook", action: "bodies.forgotten", subject: id },
      trace,
      now,
    ),
  ]);
  return forgotten?.changes ?? 0;
};
