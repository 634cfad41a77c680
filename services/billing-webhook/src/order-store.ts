import { sql, type Sql } from "@luna/shared/d1/sql";

import type { Observed } from "./clock.ts";
import { clockValues, IS_LATER, SET_CLOCK, type Attempt } from "./observed-store.ts";
import type { Order } from "./order.ts";

/** Remembers what is on the buyer's receipt, whoever owns the order: a claim names nothing else. */
export const rememberIdentifier = ({ identifier, id }: Order): Sql => sql`
  INSERT INTO order_identifiers (identifier, order_id) VALUES (${identifier.toLowerCase()}, ${id})
  ON CONFLICT (identifier) DO NOTHING`;

/** Stores an order that has an owner, unless something later is known. */
export const putOrder = (
  observed: Observed<Order>,
  attempt: Attempt,
  guard: Sql = IS_LATER,
): Sql => {
  const o = observed.value;
  return sql`
    INSERT INTO orders (id, owner_kind, owner_id, customer_id, identifier, variant_id, status,
      currency, total, refunded, created_at,
      updated_at, item_updated_at, urls_expire_at, digest, changed_by)
    SELECT ${o.id}, owner_kind, owner_id, ${o.customerId}, ${o.identifier}, ${o.variantId},
      ${o.status}, ${o.currency}, ${o.total}, ${o.refunded}, ${o.createdAt},
      ${clockValues(observed, attempt)}
    FROM owners WHERE object = 'order' AND object_id = ${o.id}
    ON CONFLICT (id) DO UPDATE SET
      customer_id = excluded.customer_id, identifier = excluded.identifier,
      variant_id = excluded.variant_id, status = excluded.status, currency = excluded.currency,
      total = excluded.total, refunded = excluded.refunded, created_at = excluded.created_at,
      ${SET_CLOCK}
    WHERE ${guard}`;
};
