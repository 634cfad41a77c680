import { parseJson } from "@luna/shared/http/read-body";
import * as v from "valibot";

import type { Envelope } from "../envelope.ts";
import { Flag, Id, Links, linksExpireAt, orNull, Time } from "./payload.ts";

const MAX_NAME = 100;
const Name = v.pipe(v.string(), v.minLength(1), v.maxLength(MAX_NAME));
/** Wrong or missing reads as `null`: filing must not fail, and the processor looks again. */
const lenient = <const S extends v.GenericSchema>(schema: S) => v.fallback(orNull(schema), null);

/** Said of the event and of its object. What cannot be read is no real money until a person looked. */
const TestMode = v.fallback(v.optional(v.nullable(Flag), false), true);

const Frame = v.object({
  meta: v.object({
    event_name: Name,
    webhook_id: lenient(Name),
    test_mode: TestMode,
  }),
  data: v.object({
    type: Name,
    id: lenient(Id),
    attributes: v.fallback(
      v.object({
        store_id: lenient(Id),
        test_mode: TestMode,
        subscription_id: lenient(Id),
        order_id: lenient(Id),
        customer_id: lenient(Id),
        updated_at: lenient(Time),
        first_subscription_item: lenient(v.object({ updated_at: lenient(Time) })),
        urls: Links,
      }),
      {
        store_id: null,
        test_mode: false,
        subscription_id: null,
        order_id: null,
        customer_id: null,
        updated_at: null,
        first_subscription_item: null,
        urls: null,
      },
    ),
  }),
});

const LINKS_READ = ["customer_portal", "update_payment_method", "invoice_url", "receipt"];

/** The envelope of rightly signed bytes, or `null` when they hold no event at all. */
export const readEnvelope = (body: Uint8Array): Envelope | null => {
  const json = parseJson(body);
  const frame = json.ok ? v.safeParse(Frame, json.value.json) : null;
  if (frame === null || !frame.success) return null;
  const { meta, data } = frame.output;
  const a = data.attributes;
  return {
    webhookId: meta.webhook_id,
    eventName: meta.event_name,
    testMode: meta.test_mode === true || a.test_mode === true,
    storeId: a.store_id,
    objectType: data.type,
    objectId: data.id,
    subscriptionId: data.type === "subscriptions" ? data.id : a.subscription_id,
    orderId: data.type === "orders" ? data.id : a.order_id,
    customerId: data.type === "customers" ? data.id : a.customer_id,
    clock:
      a.updated_at === null
        ? null
        : {
            updatedAt: a.updated_at,
            itemUpdatedAt: a.first_subscription_item?.updated_at ?? 0,
            urlsExpireAt: linksExpireAt(a.urls, LINKS_READ),
          },
  };
};
