import { withinRequest } from "@luna/shared/deadline";
import type { Arrival } from "@luna/shared/http/arrival";
import { Failure } from "@luna/shared/http/problem";
import { receiveBody } from "@luna/shared/http/receive-body";
import { reply, type Reply } from "@luna/shared/http/reply";

import type { Billing } from "./billing.ts";
import type { BillingContext } from "./context.ts";
import { deliveryOf } from "./file-delivery.ts";
import { inboxStore, type Delivery, type InboxState } from "./inbox-store.ts";
import { lemonSqueezyEvents } from "./lemonsqueezy/provider.ts";

/**
 * The provider's own patience is not documented; most senders wait ten seconds. D1 answers within a
 * tenth of this, and what it takes later than that is known again by its bytes.
 */
const INBOX_MS = 1_500;

/** Objects in memory: one that takes longer is not there. With the inbox still within ten seconds. */
const OBJECT_MS = 2_000;

const late = (): never => {
  throw new Error("no answer in time");
};

/** The alarm must stand before the row does. Without it the scheduler's minute sweep still comes. */
const arm = async ({ billing }: BillingContext): Promise<void> => {
  try {
    await withinRequest(OBJECT_MS, billing.sweeper.arm(), late);
  } catch (error) {
    billing.log.warn("sweeper not armed", { error });
  }
};

/** Puts a delivery where it cannot be lost: the inbox, or beside it. `unkept` is nowhere. */
const keep = async (
  { db, buffer, log }: Billing,
  delivery: Delivery,
): Promise<InboxState | "repeated" | "held" | "unkept"> => {
  try {
    return (await withinRequest(INBOX_MS, inboxStore(db).file(delivery), late)) ?? "repeated";
  } catch (error) {
    log.warn("inbox away", { error });
  }
  try {
    const kept = await withinRequest(OBJECT_MS, buffer.keep(delivery), late);
    return kept === "kept" ? "held" : "unkept";
  } catch (error) {
    log.error("buffer away", { error });
    return "unkept";
  }
};

/**
 * `POST /webhooks/lemonsqueezy`: verify, store, acknowledge. After the signature nothing is
 * refused, because a refusal makes the provider try thrice more and then forget the event.
 */
export const receiveEvent = async (
  _input: unknown,
  context: BillingContext,
  arrival: Arrival,
): Promise<Reply | Failure> => {
  const body = await receiveBody(arrival);
  if (body instanceof Failure) return body;
  const { config, log } = context.billing;
  const secrets = [config.LEMONSQUEEZY_WEBHOOK_SECRET, config.LEMONSQUEEZY_WEBHOOK_SECRET_PREVIOUS];
  const used = secrets.filter((secret) => secret !== "");
  if (!(await lemonSqueezyEvents.isSigned(body, arrival.headers, used)))
    return new Failure("invalid_signature", "The signature does not match the body.");

  const eventHeader = lemonSqueezyEvents.eventNameOf(arrival.headers);
  const received = { body, source: "webhook" as const, eventHeader };
  const delivery = await deliveryOf(received, config, context.trace, context.now);
  await arm(context);
  const state = await keep(context.billing, delivery);
  log.info("event kept", { eventId: delivery.id, event: delivery.eventName, state });
  if (state === "unkept") return new Failure("unavailable", "The event could not be stored.");
  if (state === "received") context.applySoon();
  return reply(200, { status: "stored" });
};
