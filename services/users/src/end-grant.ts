import { Failure } from "@luna/shared/http/problem";
import { reply, type Reply } from "@luna/shared/http/reply";
import * as v from "valibot";

import { signedIn, type UsersContext } from "./context.ts";

export const EndGrantParams = v.strictObject({ id: v.string(), grantId: v.string() });

/** `DELETE /v1/admin/users/{id}/grants/{grantId}`: takes a mistaken grant back, from the next request. */
export const endGrant = async (
  { params: { id, grantId } }: { params: v.InferOutput<typeof EndGrantParams> },
  context: UsersContext,
): Promise<Reply | Failure> => {
  const { now, trace } = context;
  const actor = signedIn(context).userId;
  let ended = false;
  await context.changePlan(id, async () => {
    ended = await context.grants.end(grantId, id, actor, trace, now);
  });
  return ended ? reply(204) : new Failure("not_found", "There is no such grant that still holds.");
};
