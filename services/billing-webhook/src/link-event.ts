import { auditRow } from "@luna/shared/audit";
import { sql } from "@luna/shared/d1/sql";
import { Failure } from "@luna/shared/http/problem";
import { reply, type Reply } from "@luna/shared/http/reply";
import { newId } from "@luna/shared/id";
import * as v from "valibot";

import { applyDue } from "./apply-event.ts";
import { askContact } from "./ask-contact.ts";
import { signedIn, type BillingContext } from "./context.ts";
import { eventStore } from "./event-store.ts";
import { linkByHand, linkedBy, recallLinked } from "./link-store.ts";
import { answerOf } from "./list-events.ts";
import { refuseEvent } from "./refuse-event.ts";

export const EventParams = v.strictObject({ id: v.string() });
export const LinkBody = v.strictObject({
  userId: v.pipe(v.string(), v.minLength(1), v.maxLength(100)),
});

interface LinkEvent {
  params: v.InferOutput<typeof EventParams>;
  body: v.InferOutput<typeof LinkBody>;
}

export const noEvent = (): Failure => new Failure("not_found", "There is no such event.");

/**
 * `POST /v1/admin/billing/events/{id}/link`: an operator says whose the purchase of an event is. What
 * has an owner keeps it; what waited for one is applied before the answer.
 */
export const linkEvent = async (
  { params, body }: LinkEvent,
  context: BillingContext,
): Promise<Reply | Failure> => {
  const { billing, trace, now, users } = context;
  const actor = signedIn(context).userId;
  const events = eventStore(billing.db);
  const [event, content] = await Promise.all([events.find(params.id), events.body(params.id)]);
  if (event === null) return noEvent();
  const refused = content && refuseEvent(content, billing.config);
  if (refused !== null) return refused;
  const { orderId, subscriptionId } = await events.familyOf(event);
  if (orderId === null && subscriptionId === null)
    return new Failure("conflict", "This event is about no purchase.");

  const user = await askContact(users, body.userId, trace);
  if (!user.ok && user.code === "unavailable")
    return new Failure("unavailable", "Users cannot say whether there is such a user.");
  if (!user.ok)
    return new Failure("invalid_input", "There is no such user.", {
      errors: [{ path: "userId", message: "is nobody's id" }],
    });

  const stamp = `${event.id}.${newId(now)}`;
  const owner = sql`'user' AS owner_kind, ${body.userId} AS owner_id`;
  const objects = sql`
    SELECT 'order' AS object, ${orderId} AS object_id, ${owner}
    UNION ALL SELECT 'subscription', ${subscriptionId}, ${owner}`;
  await billing.sweeper.arm();
  await billing.db.batch([
    ...linkByHand(objects, { stamp, actor, now }),
    recallLinked(stamp, now),
    auditRow(
      {
        actor,
        action: "purchase.linked",
        subject: subscriptionId === null ? `order:${orderId}` : `subscription:${subscriptionId}`,
        detail: { orderId, subscriptionId, userId: body.userId, eventId: event.id },
      },
      trace,
      now,
      linkedBy(stamp),
    ),
  ]);
  await applyDue(billing);
  const holder = await events.holderOf({ orderId, subscriptionId });
  if (holder?.kind !== "user" || holder.id !== body.userId)
    return new Failure("conflict", "This purchase belongs to somebody else.");
  const after = await events.find(params.id);
  return after === null ? noEvent() : reply(200, answerOf(after));
};
