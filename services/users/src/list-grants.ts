import { page, PageQuery, pageOf } from "@luna/shared/http/cursor";
import { reply, type Reply } from "@luna/shared/http/reply";
import * as v from "valibot";

import { GrantAnswer } from "./add-grant.ts";
import { signedIn, type UsersContext } from "./context.ts";
import type { ListedGrant } from "./grant-store.ts";

export const GrantQuery = v.strictObject({
  ...PageQuery.entries,
  userId: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(100))),
  /** `live` still holds, `over` ran out or was ended. */
  state: v.optional(v.picklist(["live", "over"])),
});

export const GrantPage = pageOf(
  v.strictObject({
    ...GrantAnswer.entries,
    /** The operator. */
    grantedBy: v.string(),
    state: v.picklist(["live", "over"]),
  }),
);

const answerOf = (
  { id, userId, tier, until, reason, grantedBy, createdAt }: ListedGrant,
  now: number,
): v.InferOutput<typeof GrantPage>["items"][number] => ({
  id,
  userId,
  plan: tier,
  until: new Date(until).toISOString(),
  reason,
  createdAt: new Date(createdAt).toISOString(),
  grantedBy,
  state: until > now ? "live" : "over",
});

/** `GET /v1/admin/billing/grants`: the plans that operators gave, newest first. */
export const listGrants = async (
  { query }: { query: v.InferOutput<typeof GrantQuery> },
  context: UsersContext,
): Promise<Reply> => {
  const { now, trace } = context;
  const which = {
    userId: query.userId ?? null,
    state: query.state ?? null,
    before: query.cursor ?? null,
    limit: query.limit + 1,
  };
  const rows = await context.grants.list(which, signedIn(context).userId, trace, now);
  const { items, nextCursor } = page(rows, query.limit, ({ id }) => id);
  return reply(200, { items: items.map((row) => answerOf(row, now)), nextCursor });
};
