import { reply, type Reply } from "@luna/shared/http/reply";

import { actorOf, type MailerContext } from "./context.ts";
import type { TransportName } from "./transport.ts";

/** Sends all mail another way, at once and without a deploy; what was parked goes out there. */
export const chooseTransport = async (
  { body: { transport } }: { body: { transport: TransportName } },
  context: MailerContext,
): Promise<Reply> => {
  const { settings, trace, now, log } = context;
  const actor = actorOf(context);
  await settings.chooseTransport(transport, { actor, trace, now });
  log.audit("transport.chosen", { actor, transport });
  await context.arm();
  return reply(200, { transport });
};
