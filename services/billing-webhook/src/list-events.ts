import { PageQuery, page, pageOf } from "@luna/shared/http/cursor";
import { reply, type Reply } from "@luna/shared/http/reply";
import * as v from "valibot";

import { signedIn, type BillingContext } from "./context.ts";
import { INBOX_STATES } from "./inbox-store.ts";
import { inboxList, type InboxEntry } from "./inbox-list-store.ts";
import { iso, isoOrNull, NullableTime, Time } from "./time.ts";

export const EventQuery = v.strictObject({
  ...PageQuery.entries,
  state: v.optional(v.picklist(INBOX_STATES)),
});

export const EventAnswer = v.strictObject({
  id: v.string(),
  event: v.string(),
  objectType: v.nullable(v.string()),
  objectId: v.nullable(v.string()),
  subscriptionId: v.nullable(v.string()),
  orderId: v.nullable(v.string()),
  state: v.picklist(INBOX_STATES),
  /** Why it is parked, unlinked or dead, or what went wrong last. */
  reason: v.nullable(v.string()),
  attempts: v.number(),
  receivedAt: Time,
  settledAt: NullableTime,
});
export const EventPage = pageOf(EventAnswer);

export const answerOf = (entry: InboxEntry): v.InferOutput<typeof EventAnswer> => ({
  ...entry,
  receivedAt: iso(entry.receivedAt),
  settledAt: isoOrNull(entry.settledAt),
});

/** `GET /v1/admin/billing/events`: the inbox, newest first, without the bodies. */
export const listEvents = async (
  { query }: { query: v.InferOutput<typeof EventQuery> },
  context: BillingContext,
): Promise<Reply> => {
  const { billing, trace, now } = context;
  const { userId } = signedIn(context);
  const rows = await inboxList(billing.db, userId, trace, now).read({
    state: query.state ?? null,
    before: query.cursor ?? null,
    limit: query.limit + 1,
  });
  const { items, nextCursor } = page(rows, query.limit, ({ id }) => id);
  return reply(200, { items: items.map(answerOf), nextCursor });
};
