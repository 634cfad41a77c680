import { Failure } from "@luna/shared/http/problem";
import { reply, type Reply } from "@luna/shared/http/reply";

import { actorOf, type MailerContext } from "./context.ts";
import { noSuchMail } from "./get-mail.ts";

/** Sends a mail again that ended badly, at once and with all its attempts. */
export const retryMail = async (
  { params }: { params: { id: string } },
  context: MailerContext,
): Promise<Reply | Failure> => {
  const { mails, trace, now } = context;
  await context.arm();
  const queued = await mails.requeue(params.id, actorOf(context), trace, now);
  if (queued) await context.deliver([params.id]);
  const mail = await mails.timeline(params.id);
  if (mail === null) return noSuchMail();
  if (queued) return reply(200, mail);
  return new Failure(
    "conflict",
    `A mail that is ${mail.state} cannot be sent again${mail.state === "failed" ? ": its secrets are gone" : ""}.`,
  );
};
