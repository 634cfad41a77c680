import { Failure } from "@luna/shared/http/problem";
import { reply, type Reply } from "@luna/shared/http/reply";
import type * as v from "valibot";

import { applyDue } from "./apply-event.ts";
import { signedIn, type BillingContext } from "./context.ts";
import { eventStore } from "./event-store.ts";
import { noEvent, type EventParams } from "./link-event.ts";
import { answerOf } from "./list-events.ts";
import { refuseEvent } from "./refuse-event.ts";

/**
 * `POST /v1/admin/billing/events/{id}/replay`: applies an event once more, after a setting was put
 * right or a fault was repaired. What the configuration still forbids stays where it is, and what is
 * known already is not told again.
 */
export const replayEvent = async (
  { params }: { params: v.InferOutput<typeof EventParams> },
  context: BillingContext,
): Promise<Reply | Failure> => {
  const { billing, trace, now } = context;
  const events = eventStore(billing.db);
  const [event, body] = await Promise.all([events.find(params.id), events.body(params.id)]);
  if (event === null) return noEvent();
  if (body === null) return new Failure("conflict", "The content of this event was erased.");
  const refused = refuseEvent(body, billing.config);
  if (refused !== null) return refused;
  await billing.sweeper.arm();
  await events.replay(params.id, signedIn(context).userId, trace, now);
  await applyDue(billing);
  const after = await events.find(params.id);
  return after === null ? noEvent() : reply(200, answerOf(after));
};
