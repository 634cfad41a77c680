import { Failure } from "@luna/shared/http/problem";
import { reply, type Reply } from "@luna/shared/http/reply";

import type { MailerContext } from "./context.ts";

export const noSuchMail = (): Failure => new Failure("not_found", "There is no such mail.");

export const getMail = async (
  { params }: { params: { id: string } },
  { mails }: MailerContext,
): Promise<Reply | Failure> => {
  const mail = await mails.timeline(params.id);
  return mail === null ? noSuchMail() : reply(200, mail);
};
