import { page, pageOf, type PageQuery } from "@luna/shared/http/cursor";
import { Failure } from "@luna/shared/http/problem";
import { reply, type Reply } from "@luna/shared/http/reply";
import * as v from "valibot";

import { signedIn, type BillingContext } from "./context.ts";
import { INVOICE_STATUSES } from "./invoice.ts";
import { ownInvoices, type InvoicePosition, type StoredInvoice } from "./invoice-store.ts";
import { iso, Time } from "./time.ts";

const InvoiceAnswer = v.strictObject({
  id: v.string(),
  subscriptionId: v.string(),
  status: v.picklist(INVOICE_STATUSES),
  reason: v.string(),
  currency: v.string(),
  /** Hundredths of the currency. */
  total: v.number(),
  refunded: v.number(),
  createdAt: Time,
});
export const InvoicePage = pageOf(InvoiceAnswer);

const answerOf = (invoice: StoredInvoice): v.InferOutput<typeof InvoiceAnswer> => ({
  id: invoice.id,
  subscriptionId: invoice.subscriptionId,
  status: invoice.status,
  reason: invoice.reason,
  currency: invoice.currency,
  total: invoice.total,
  refunded: invoice.refunded,
  createdAt: iso(invoice.createdAt),
});

const cursorOf = ({ createdAt, id }: InvoicePosition): string => `${createdAt}/${id}`;

const positionOf = (cursor: string): InvoicePosition | null => {
  const [, createdAt, id] = /^(\d{1,15})\/(.{1,40})$/.exec(cursor) ?? [];
  return createdAt === undefined || id === undefined ? null : { createdAt: Number(createdAt), id };
};

/** `GET /v1/billing/invoices`, newest first. */
export const listInvoices = async (
  { query }: { query: v.InferOutput<typeof PageQuery> },
  context: BillingContext,
): Promise<Reply | Failure> => {
  const after = query.cursor === undefined ? null : positionOf(query.cursor);
  if (query.cursor !== undefined && after === null)
    return new Failure("invalid_input", "The query does not fit.", {
      errors: [{ path: "cursor", message: "is not a cursor of ours" }],
    });
  const own = ownInvoices(context.billing.db, signedIn(context));
  const { items, nextCursor } = page(await own.list(after, query.limit + 1), query.limit, cursorOf);
  return reply(200, { items: items.map(answerOf), nextCursor });
};
