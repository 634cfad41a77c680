import { Failure } from "@luna/shared/http/problem";
import { reply, type Reply } from "@luna/shared/http/reply";
import { TEMPLATE_NAMES } from "@luna/shared/rpc/mailer";

import { actorOf, type MailerContext } from "./context.ts";

interface Input {
  params: { template: string };
  body: { paused: boolean };
}

/** Holds one kind of mail, or lets go what was held. Saying twice changes nothing. */
export const pauseTemplate = async (
  { params, body: { paused } }: Input,
  context: MailerContext,
): Promise<Reply | Failure> => {
  const template = TEMPLATE_NAMES.find((name) => name === params.template);
  if (template === undefined) return new Failure("not_found", "There is no such template.");
  const { settings, trace, now, log } = context;
  const actor = actorOf(context);
  const change = { actor, trace, now };
  if (!paused) await context.arm();
  const released = paused ? null : await settings.resume(template, change);
  const changed = paused ? await settings.pause(template, change) : released !== null;
  if (changed) log.audit(paused ? "template.paused" : "template.resumed", { actor, template });
  return reply(200, { template, paused, released: released ?? 0 });
};
