import type { Arrival } from "@luna/shared/http/arrival";
import { Failure } from "@luna/shared/http/problem";
import { parseJson } from "@luna/shared/http/read-body";
import { receiveBody } from "@luna/shared/http/receive-body";
import { reply, type Reply } from "@luna/shared/http/reply";

import type { MailerContext } from "./context.ts";
import { isSigned } from "./event-signature.ts";
import { parseEvents } from "./provider-event.ts";

/** SendGrid posts a batch at 768 KB at the latest. */
const MAX_BYTES = 1024 * 1024;

const HEADER = "x-twilio-email-event-webhook";

/**
 * `POST /webhooks/sendgrid`: verify, record, acknowledge. What is rightly signed is never refused,
 * because the provider would repeat for a day what we will not understand any better then.
 */
export const receiveEvents = async (
  _input: unknown,
  { events, webhookKey, log, now }: MailerContext,
  arrival: Arrival,
): Promise<Reply | Failure> => {
  const body = await receiveBody(arrival, MAX_BYTES);
  if (body instanceof Failure) return body;
  const delivery = {
    body,
    signature: arrival.headers.get(`${HEADER}-signature`),
    timestamp: arrival.headers.get(`${HEADER}-timestamp`),
  };
  if (!(await isSigned(delivery, webhookKey, now)))
    return new Failure("invalid_signature", "The signature does not match the body.");
  const json = parseJson(body);
  const parsed = json.ok ? parseEvents(json.value.json) : null;
  if (parsed === null) log.error("signed events are no list", { bytes: body.length });
  else {
    const recorded = await events.record(parsed.events, now);
    log.info("provider events", { told: parsed.events.length, recorded, skipped: parsed.skipped });
  }
  return reply(200, { status: "stored" });
};
