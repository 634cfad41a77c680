import { parseJson } from "@luna/shared/http/read-body";
import * as v from "valibot";

import type { Event, NotTold, Told } from "../told.ts";
import { InvoiceData, toInvoice } from "./invoice.ts";
import { LicenseKeyData, toLicenseKey } from "./license-key.ts";
import { OrderData, toOrder } from "./order.ts";
import { SubscriptionData, toSubscription } from "./subscription.ts";

const Frame = v.object({
  meta: v.object({
    // Absent without custom data; PHP writes an empty object as a list.
    custom_data: v.fallback(v.optional(v.object({ ref: v.optional(v.string()) }), {}), {}),
  }),
  data: v.looseObject({ type: v.string() }),
});

const tell = (type: string, data: unknown): Told | NotTold => {
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
    case "license-keys": {
      const parsed = v.safeParse(LicenseKeyData, data);
      return parsed.success
        ? { kind: "license_key", ...toLicenseKey(parsed.output) }
        : "unexpected_shape";
    }
    // Somebody's address or partnership: kept, and none of our tables is about it.
    case "customers":
    case "affiliates":
      return "no_purchase";
    default:
      return "unhandled_type";
  }
};

/** The event in a delivery. The kind of its object decides, its name is only a label. */
export const readEvent = (body: Uint8Array): Event | NotTold => {
  const json = parseJson(body);
  const frame = json.ok ? v.safeParse(Frame, json.value.json) : null;
  if (frame === null || !frame.success) return "unexpected_shape";
  const { meta, data } = frame.output;
  const told = tell(data.type, data);
  return typeof told === "string" ? told : { ref: meta.custom_data.ref ?? null, told };
};
