import { page } from "@luna/shared/http/cursor";
import { reply, type Reply } from "@luna/shared/http/reply";

import type { MailerContext } from "./context.ts";
import type { MailQuery } from "./mail-filter.ts";

export const listMails = async (
  { query: { limit, cursor, ...conditions } }: { query: MailQuery },
  { mails }: MailerContext,
): Promise<Reply> => {
  const rows = await mails.list(conditions, limit + 1, cursor ?? null);
  return reply(
    200,
    page(rows, limit, ({ id }) => id),
  );
};
