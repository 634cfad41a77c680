import { reply, type Reply } from "@luna/shared/http/reply";

import { actorOf, type MailerContext } from "./context.ts";
import type { DeadLetterRun } from "./mail.ts";

/** Gives the oldest dead mails all their attempts back and tries the first one of each now. */
export const processDeadLetters = async (
  { body: { limit } }: { body: DeadLetterRun },
  context: MailerContext,
): Promise<Reply> => {
  const { mails, trace, now } = context;
  await context.arm();
  const ids = await mails.requeueDead(limit, actorOf(context), trace, now);
  if (ids.length > 0) await context.deliver(ids);
  const items = await mails.states(ids);
  return reply(200, {
    processed: items.length,
    errors: items.filter(({ state }) => state !== "sent").length,
    items,
  });
};
