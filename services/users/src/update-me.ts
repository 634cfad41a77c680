import type { Failure } from "@luna/shared/http/problem";
import { reply, type Reply } from "@luna/shared/http/reply";

import { signedIn, type UsersContext } from "./context.ts";
import { notYetHere } from "./get-me.ts";
import { meOf } from "./me.ts";
import type { ProfileChange } from "./profile.ts";

export const updateMe = async (
  { body }: { body: ProfileChange },
  context: UsersContext,
): Promise<Reply | Failure> => {
  const caller = signedIn(context);
  const user = await context.own(caller).change(body, context.trace, context.now);
  if (user === null) return notYetHere();
  // Says that this is what a GET shows now (RFC 9110 §8.7): the gateway need not ask for it again.
  return reply(200, meOf(user, caller, context.now), { "content-location": "/v1/me" });
};
