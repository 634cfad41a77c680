import { reply, type Reply } from "@luna/shared/http/reply";

import { actorOf, type MailerContext } from "./context.ts";
import { listed } from "./list-suppressions.ts";

/** Lets mail go to an address again. Mails that were suppressed meanwhile stay so until retried. */
export const liftSuppression = async (
  { body: { address } }: { body: { address: string } },
  context: MailerContext,
): Promise<Reply> => {
  const { suppressions, trace, now, log } = context;
  const actor = actorOf(context);
  const lifted = await suppressions.lift(listed(address), actor, trace, now);
  if (lifted > 0) log.audit("suppression.lifted", { actor, lifted });
  return reply(200, { lifted });
};
