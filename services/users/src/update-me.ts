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
  return user === null ? notYetHere() : reply(200, meOf(user, caller, context.now));
};
