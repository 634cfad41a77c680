import { Failure } from "@luna/shared/http/problem";
import { readBytes } from "@luna/shared/http/read-body";
import { reply, type Reply } from "@luna/shared/http/reply";

import type { BillingContext } from "./context.ts";
import { deliveryOf } from "./file-delivery.ts";
import { inboxStore } from "./inbox-store.ts";
import { lemonSqueezyEvents } from "./lemonsqueezy/provider.ts";

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
  if (!(await lemonSqueezyEvents.isSigned(read.value, request.headers, used)))
    return new Failure("invalid_signature", "The signature does not match the body.");

  const eventHeader = lemonSqueezyEvents.eventNameOf(request.headers);
  const received = { body: read.value, source: "webhook" as const, eventHeader };
  const delivery = await deliveryOf(received, config, context.trace, context.now);
  await arm(context);
  const state = await inboxStore(db).file(delivery);
  log.info("event kept", { eventId: delivery.id, event: delivery.eventName, state });
  if (state === "received") context.applySoon(delivery.id);
  return reply(200, { status: "stored" });
};
