import { sql, type Sql } from "@luna/shared/d1/sql";

import { recordDecision, type Decision } from "./decision-store.ts";

/**
 * Gives what a query names to an owner by hand, and keeps the decision: neither an operator nor a buyer
 * takes what has an owner already. `objects` answers (object, object_id, owner_kind, owner_id).
 */
export const linkByHand = (objects: Sql, decision: Decision): Sql[] => [
  sql`
    INSERT INTO owners (object, object_id, owner_kind, owner_id, linked_by, linked_at)
    SELECT object, object_id, owner_kind, owner_id, ${decision.stamp}, ${decision.now}
    FROM (${objects})
    WHERE object_id IS NOT NULL
    ON CONFLICT (object, object_id) DO NOTHING`,
  recordDecision(decision),
];

/** Whether this very stamp linked anything: the guard of its audit row. */
export const linkedBy = (stamp: string): Sql =>
  sql`EXISTS (SELECT 1 FROM owners WHERE linked_by = ${stamp})`;

/** Calls back what waited for what this stamp linked; by those names, not by looking at all that waits. */
export const recallLinked = (stamp: string, now: number): Sql => sql`
  UPDATE inbox SET state = 'received', reason = NULL, settled_at = NULL, next_at = ${now}
  WHERE +state = 'unlinked'
    AND (subscription_id IN (SELECT object_id FROM owners
                             WHERE linked_by = ${stamp} AND object = 'subscription')
      OR order_id IN (SELECT object_id FROM owners
                      WHERE linked_by = ${stamp} AND object = 'order'))`;

/** Calls back what waits although what it is about has an owner by now. */
export const recallOwned = (now: number): Sql => sql`
  UPDATE inbox SET state = 'received', reason = NULL, settled_at = NULL, next_at = ${now}
  WHERE state = 'unlinked'
    AND EXISTS (SELECT 1 FROM owners
                WHERE (object = 'subscription' AND object_id = inbox.subscription_id)
                   OR (object = 'order' AND object_id = inbox.order_id))`;
