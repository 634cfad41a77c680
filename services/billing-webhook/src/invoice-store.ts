import type { Database, Row } from "@luna/shared/d1/database";
import { sql, type Sql } from "@luna/shared/d1/sql";
import type { UserCaller } from "@luna/shared/rpc/caller";

import type { Observed } from "./clock.ts";
import type { Invoice } from "./invoice.ts";
import { clockValues, IS_LATER, SET_CLOCK, type Attempt } from "./observed-store.ts";
import type { Owner } from "./owner.ts";

/** Only money that was really taken is worth a receipt: a trial starts with a paid invoice of 0. */
const owesReceipt = ({ status, total }: Invoice): boolean => status === "paid" && total > 0;

/** Stores an invoice whose subscription has an owner, unless something later is known. */
export const putInvoice = (
  observed: Observed<Invoice>,
  attempt: Attempt,
  guard: Sql = IS_LATER,
): Sql => {
  const i = observed.value;
  return sql`
    INSERT INTO invoices (id, owner_kind, owner_id, subscription_id, customer_id, status, reason,
      currency, total, refunded, total_text, created_at, receipt_by,
      updated_at, item_updated_at, urls_expire_at, digest, changed_by)
    SELECT ${i.id}, owner_kind, owner_id, ${i.subscriptionId}, ${i.customerId}, ${i.status},
      ${i.reason}, ${i.currency}, ${i.total}, ${i.refunded}, ${i.totalText}, ${i.createdAt},
      ${owesReceipt(i) ? attempt.stamp : null}, ${clockValues(observed, attempt)}
    FROM owners WHERE object = 'subscription' AND object_id = ${i.subscriptionId}
    ON CONFLICT (id) DO UPDATE SET
      status = excluded.status, reason = excluded.reason, currency = excluded.currency,
      total = excluded.total, refunded = excluded.refunded, total_text = excluded.total_text,
      created_at = excluded.created_at,
      receipt_by = COALESCE(receipt_by, excluded.receipt_by), ${SET_CLOCK}
    WHERE ${guard}`;
};

/** Whether this very attempt was the first to see the invoice paid. */
export const owesReceiptBy = (invoiceId: string, { stamp }: Attempt): Sql =>
  sql`EXISTS (SELECT 1 FROM invoices WHERE id = ${invoiceId} AND receipt_by = ${stamp})`;

type InvoiceRow = Row & {
  id: string;
  owner_kind: Owner["kind"];
  owner_id: string;
  subscription_id: string;
  customer_id: string;
  status: Invoice["status"];
  reason: string;
  currency: string;
  total: number;
  refunded: number;
  total_text: string | null;
  created_at: number;
};

export interface StoredInvoice extends Invoice {
  owner: Owner;
}

const invoiceOf = (row: InvoiceRow): StoredInvoice => ({
  id: row.id,
  owner: { kind: row.owner_kind, id: row.owner_id },
  subscriptionId: row.subscription_id,
  customerId: row.customer_id,
  status: row.status,
  reason: row.reason,
  currency: row.currency,
  total: row.total,
  refunded: row.refunded,
  totalText: row.total_text,
  createdAt: row.created_at,
});

const select = sql`
  SELECT id, owner_kind, owner_id, subscription_id, customer_id, status, reason, currency, total,
         refunded, total_text, created_at
  FROM invoices`;

/** For the service's own effects; what a caller may see comes from `ownInvoices`. */
export const findInvoice = async (db: Database, id: string): Promise<StoredInvoice | null> => {
  const row = await db.first<InvoiceRow>(sql`${select} WHERE id = ${id}`);
  return row === null ? null : invoiceOf(row);
};

/** Where a list goes on: after the invoice made then and called that. */
export interface InvoicePosition {
  createdAt: number;
  id: string;
}

export const ownInvoices = (db: Database, caller: UserCaller) => ({
  /** Newest first. */
  async list(after: InvoicePosition | null, limit: number): Promise<StoredInvoice[]> {
    const rows = await db.all<InvoiceRow>(sql`
      ${select}
      WHERE owner_kind = 'user' AND owner_id = ${caller.userId}
        AND (${after === null} OR (created_at, id) < (${after?.createdAt ?? 0}, ${after?.id ?? ""}))
      ORDER BY created_at DESC, id DESC LIMIT ${limit}`);
    return rows.map(invoiceOf);
  },
});
