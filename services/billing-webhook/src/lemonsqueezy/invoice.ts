import * as v from "valibot";

import type { Clock } from "../clock.ts";
import { INVOICE_STATUSES, type Invoice } from "../invoice.ts";
import {
  Currency,
  Id,
  Links,
  linksExpireAt,
  Money,
  orNull,
  PaymentStatus,
  Text,
  Time,
} from "./payload.ts";

const LINKS_READ = ["invoice_url"];

const Attributes = v.object({
  // The id of the event's object is the invoice's; the subscription is only here.
  subscription_id: Id,
  customer_id: Id,
  status: PaymentStatus(INVOICE_STATUSES),
  billing_reason: v.optional(Text, ""),
  currency: Currency,
  total: Money,
  refunded_amount: orNull(Money),
  total_formatted: orNull(Text),
  created_at: Time,
  updated_at: Time,
  urls: Links,
});

/** `data` of every payment event, whose `type` is `subscription-invoices`. */
export const InvoiceData = v.object({ id: Id, attributes: Attributes });

export const toInvoice = ({
  id,
  attributes: a,
}: v.InferOutput<typeof InvoiceData>): { value: Invoice; clock: Clock } => ({
  value: {
    id,
    subscriptionId: a.subscription_id,
    customerId: a.customer_id,
    status: a.status,
    reason: a.billing_reason,
    currency: a.currency,
    total: a.total,
    refunded: a.refunded_amount ?? (a.status === "refunded" ? a.total : 0),
    totalText: a.total_formatted,
    createdAt: a.created_at,
  },
  clock: {
    updatedAt: a.updated_at,
    itemUpdatedAt: 0,
    urlsExpireAt: linksExpireAt(a.urls, LINKS_READ),
  },
});
