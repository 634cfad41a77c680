import { Failure } from "@luna/shared/http/problem";
import { reply, type Reply } from "@luna/shared/http/reply";

import { signedIn, type UsersContext } from "./context.ts";
import { meOf } from "./me.ts";

/** An account exists before its profile does, for the moment auth needs to tell us of it. */
export const notYetHere = (): Failure =>
  new Failure("unavailable", "Your account is still being set up.", {
    headers: { "retry-after": "5" },
  });

export const getMe = async (_input: unknown, context: UsersContext): Promise<Reply | Failure> => {
  const caller = signedIn(context);
  const user = await context.own(caller).read();
  return user === null ? notYetHere() : reply(200, meOf(user, caller, context.now));
};
