import { reply, type Reply } from "@luna/shared/http/reply";

import type { BulkVerb } from "./bulk-store.ts";
import { actorOf, type MailerContext } from "./context.ts";
import type { MailSelection } from "./mail-filter.ts";

/** Changes what an operator means, up to `limit`; what is due again the alarm delivers. */
export const changeMails =
  (verb: BulkVerb) =>
  async ({ body }: { body: MailSelection }, context: MailerContext): Promise<Reply> => {
    const { bulk, trace, now, log } = context;
    const actor = actorOf(context);
    if (verb !== "drop" && !body.dryRun) await context.arm();
    const { matched, ids } = await bulk.change(verb, body, actor, trace, now);
    const changed = body.dryRun ? 0 : ids.length;
    if (changed > 0) log.audit(`mail.${verb}`, { actor, mailIds: ids });
    return reply(200, { matched, changed, ids });
  };
