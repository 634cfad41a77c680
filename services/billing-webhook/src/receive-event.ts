import { sha256Hex } from "@luna/shared/bytes";
import { Failure } from "@luna/shared/http/problem";
import { readBytes } from "@luna/shared/http/read-body";
import { reply, type Reply } from "@luna/shared/http/reply";
import { newId } from "@luna/shared/id";

import { clockText } from "./clock.ts";
import type { BillingContext } from "./context.ts";
import { inboxStore, type Delivery } from "./inbox-store.ts";
import { readEnvelope } from "./lemonsqueezy/envelope.ts";
import { isSigned } from "./lemonsqueezy/signature.ts";
import { parkReason } from "./park-reason.ts";

/** The delivery as it will be kept: the signed bytes, and what could be read of them. */
const fileOf = async (
  body: Uint8Array<ArrayBuffer>,
  eventHeader: string | null,
  { billing, trace, now }: BillingContext,
): Promise<Delivery> => {
  const envelope = readEnvelope(body);
  const bodySha256 = await sha256Hex(body);
  const webhookId = envelope?.webhookId ?? null;
  return {
    id: newId(now),
    // Without an id the bytes are the identity: the same bytes are the same event.
    dedupeKey: webhookId === null ? `sha256:${bodySha256}` : `id:${webhookId}`,
    bodySha256,
    body,
    eventName: envelope?.eventName ?? "",
    objectType: envelope?.objectType ?? null,
    objectId: envelope?.objectId ?? null,
    subscriptionId: envelope?.subscriptionId ?? null,
    orderId: envelope?.orderId ?? null,
    clock: envelope?.clock ? clockText(envelope.clock) : null,
    receivedAt: now,
    parked: parkReason(envelope, eventHeader, billing.config),
    trace,
  };
};

/** The alarm must stand before the row does. Without it the scheduler's minute sweep still comes. */
const arm = async ({ billing }: BillingContext): Promise<void> => {
  try {
    await billing.sweeper.arm();
  } catch (error) {
    billing.log.warn("sweeper not armed", { error });
  }
};

/**
 * `POST /webhooks/lemonsqueezy`: verify, store, acknowledge. After the signature nothing is
 * refused, because a refusal makes the provider try thrice more and then forget the event.
 */
export const receiveEvent = async (
  _input: unknown,
  context: BillingContext,
  request: Request,
): Promise<Reply | Failure> => {
  const read = await readBytes(request);
  if (!read.ok) return new Failure(read.code, read.detail);
  const { config, db, log } = context.billing;
  const secrets = [config.LEMONSQUEEZY_WEBHOOK_SECRET, config.LEMONSQUEEZY_WEBHOOK_SECRET_PREVIOUS];
  const used = secrets.filter((secret) => secret !== "");
  if (!(await isSigned(read.value, request.headers.get("x-signature"), used)))
    return new Failure("invalid_signature", "The signature does not match the body.");

  const delivery = await fileOf(read.value, request.headers.get("x-event-name"), context);
  await arm(context);
  const state = await inboxStore(db).file(delivery);
  log.info("event kept", { eventId: delivery.id, event: delivery.eventName, state });
  if (state === "received") context.applySoon(delivery.id);
  return reply(200, { status: "stored" });
};
