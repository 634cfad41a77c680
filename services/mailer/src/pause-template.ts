import { reply, type Reply } from "@luna/shared/http/reply";
import type { TemplateName } from "@luna/shared/rpc/mailer";

import { actorOf, type MailerContext } from "./context.ts";

interface Input {
  params: { template: TemplateName };
  body: { paused: boolean };
}

/** Holds one kind of mail, or lets go what was held. Saying twice changes nothing. */
export const pauseTemplate = async (
  { params: { template }, body: { paused } }: Input,
  context: MailerContext,
): Promise<Reply> => {
  const { settings, trace, now, log } = context;
  const actor = actorOf(context);
  const change = { actor, trace, now };
  if (!paused) await context.arm();
  const released = paused ? null : await settings.resume(template, change);
  const changed = paused ? await settings.pause(template, change) : released !== null;
  if (changed) log.audit(paused ? "template.paused" : "template.resumed", { actor, template });
  return reply(200, { template, paused, released: released ?? 0 });
};
