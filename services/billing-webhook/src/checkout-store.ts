import { auditRow } from "@luna/shared/audit";
import type { Database } from "@luna/shared/d1/database";
import { sql } from "@luna/shared/d1/sql";
import type { Trace } from "@luna/shared/trace";

import type { Checkout } from "./checkout-ref.ts";
import type { Owner } from "./owner.ts";

type CheckoutRow = {
  id: string;
  owner_kind: Owner["kind"];
  owner_id: string;
  variant_id: string;
};

export const checkoutStore = (db: Database) => ({
  async add(checkout: Checkout, trace: Trace, now: number): Promise<void> {
    const { id, owner, variantId } = checkout;
    await db.batch([
      sql`
        INSERT INTO checkouts (id, owner_kind, owner_id, variant_id, created_at)
        VALUES (${id}, ${owner.kind}, ${owner.id}, ${variantId}, ${now})`,
      auditRow(
        { actor: owner.id, action: "checkout.created", subject: id, detail: { variantId } },
        trace,
        now,
      ),
    ]);
  },

  /** Any owner's: the caller is a webhook, and the reference's signature decides what it may do. */
  async find(id: string): Promise<Checkout | null> {
    const row = await db.first<CheckoutRow>(
      sql`SELECT id, owner_kind, owner_id, variant_id FROM checkouts WHERE id = ${id}`,
    );
    return row === null
      ? null
      : {
          id: row.id,
          owner: { kind: row.owner_kind, id: row.owner_id },
          variantId: row.variant_id,
        };
  },
});
