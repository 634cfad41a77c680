import { sha256Hex } from "@luna/shared/bytes";
import { newId } from "@luna/shared/id";
import type { Trace } from "@luna/shared/trace";

import type { Billing } from "./billing.ts";
import { clockText } from "./clock.ts";
import type { Config } from "./env.ts";
import type { Delivery } from "./inbox-store.ts";
import { lemonSqueezyEvents } from "./lemonsqueezy/provider.ts";
import { parkReason } from "./park-reason.ts";

interface Received {
  body: Uint8Array<ArrayBuffer>;
  source: Delivery["source"];
  /** What the headers call the event, which nobody signed; `null` if they are silent. */
  eventHeader: string | null;
}

/** A delivery as it will be kept: the bytes, and what could be read of them. */
export const deliveryOf = async (
  { body, source, eventHeader }: Received,
  config: Config,
  trace: Trace,
  now: number,
): Promise<Delivery> => {
  const envelope = lemonSqueezyEvents.readEnvelope(body);
  const bodySha256 = await sha256Hex(body);
  const webhookId = source === "webhook" ? (envelope?.webhookId ?? null) : null;
  return {
    id: newId(now),
    source,
    // Without an id the bytes are the identity: the same bytes are the same event.
    dedupeKey: webhookId === null ? `sha256:${bodySha256}` : `id:${webhookId}`,
    bodySha256,
    body,
    eventName: envelope?.eventName ?? "",
    objectType: envelope?.objectType ?? null,
    objectId: envelope?.objectId ?? null,
    subscriptionId: envelope?.subscriptionId ?? null,
    orderId: envelope?.orderId ?? null,
    customerId: envelope?.customerId ?? null,
    clock: envelope?.clock ? clockText(envelope.clock) : null,
    receivedAt: now,
    parked: parkReason(envelope, eventHeader, config),
    trace,
  };
};

/**
 * What the provider's API said of an object, to be kept beside what it sent by itself. From there on both
 * are the same: one order guard, one set of effects, and tables that can be made again from the inbox.
 */
export const objectDelivery = (
  { config, trace, clock }: Billing,
  object: unknown,
  ref: string | null = null,
): Promise<Delivery> => {
  const body = lemonSqueezyEvents.wrapObject(object, ref);
  return deliveryOf({ body, source: "api", eventHeader: null }, config, trace, clock());
};
