import * as v from "valibot";

import type { Clock } from "../clock.ts";
import { ORDER_STATUSES, type Order } from "../order.ts";
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

const LINKS_READ = ["receipt"];

const Attributes = v.object({
  customer_id: Id,
  identifier: v.optional(Text, ""),
  status: PaymentStatus(ORDER_STATUSES),
  currency: Currency,
  total: Money,
  refunded_amount: orNull(Money),
  created_at: Time,
  updated_at: Time,
  urls: Links,
  first_order_item: orNull(v.object({ variant_id: Id })),
});

/** `data` of an event whose `type` is `orders`. */
export const OrderData = v.object({ id: Id, attributes: Attributes });

export const toOrder = ({
  id,
  attributes: a,
}: v.InferOutput<typeof OrderData>): { value: Order; clock: Clock } => ({
  value: {
    id,
    customerId: a.customer_id,
    identifier: a.identifier,
    variantId: a.first_order_item?.variant_id ?? null,
    status: a.status,
    currency: a.currency,
    total: a.total,
    refunded: a.refunded_amount ?? (a.status === "refunded" ? a.total : 0),
    createdAt: a.created_at,
  },
  clock: {
    updatedAt: a.updated_at,
    itemUpdatedAt: 0,
    urlsExpireAt: linksExpireAt(a.urls, LINKS_READ),
  },
});
