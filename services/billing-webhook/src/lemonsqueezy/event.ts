import * as v from "valibot";

import type { Clock } from "../clock.ts";
import type { Invoice } from "../invoice.ts";
import type { Order } from "../order.ts";
import type { Subscription } from "../subscription.ts";
import { InvoiceData, toInvoice } from "./invoice.ts";
import { OrderData, toOrder } from "./order.ts";
import { SubscriptionData, toSubscription } from "./subscription.ts";

/** What an event says about one object, in our words. */
export type Told =
  | { kind: "subscription"; value: Subscription; clock: Clock }
  | { kind: "invoice"; value: Invoice; clock: Clock }
  | { kind: "order"; value: Order; clock: Clock };

export interface Event {
  /** Our signed checkout reference, if the payload carries one; not yet believed. */
  ref: string | null;
  told: Told;
}

/** Why an event waits for a person or a newer version of us instead of being applied. */
export type NotRead = "unhandled_type" | "unexpected_shape";

const Frame = v.object({
  meta: v.object({
    // Absent without custom data; PHP writes an empty object as a list.
    custom_data: v.fallback(v.optional(v.object({ ref: v.optional(v.string()) }), {}), {}),
  }),
  data: v.object({ type: v.string() }),
});

const tell = (type: string, data: unknown): Told | NotRead => {
  switch (type) {
    case "subscriptions": {
      const parsed = v.safeParse(SubscriptionData, data);
      return parsed.success
        ? { kind: "subscription", ...toSubscription(parsed.output) }
        : "unexpected_shape";
    }
    case "subscription-invoices": {
      const parsed = v.safeParse(InvoiceData, data);
      return parsed.success ? { kind: "invoice", ...toInvoice(parsed.output) } : "unexpected_shape";
    }
    case "orders": {
      const parsed = v.safeParse(OrderData, data);
      return parsed.success ? { kind: "order", ...toOrder(parsed.output) } : "unexpected_shape";
    }
    default:
      return "unhandled_type";
  }
};

/** The event in a delivery's JSON. The kind of its object decides, its name is only a label. */
export const readEvent = (json: unknown): Event | NotRead => {
  const frame = v.safeParse(Frame, json);
  if (!frame.success) return "unexpected_shape";
  const told = tell(frame.output.data.type, (json as { data: unknown }).data);
  return typeof told === "string" ? told : { ref: frame.output.meta.custom_data.ref ?? null, told };
};
