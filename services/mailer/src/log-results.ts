import type { Logger } from "@luna/shared/logger/logger";

import type { ClaimedMail } from "./claimed-mail.ts";
import type { Result } from "./settle-store.ts";

/** A result that was written, or came too late to be. */
export interface Written {
  mail: ClaimedMail;
  result: Result;
  ours: boolean;
}

const factsOf = (transport: string, { mail, result }: Written) => ({
  mailId: mail.id,
  template: mail.template,
  transport,
  attempt: mail.fence,
  class: result.outcome.class,
  code: result.outcome.code,
  state: result.settlement.state,
  requestId: mail.trace.requestId,
  traceId: mail.trace.traceId,
});

/**
 * A line for each mail that was not sent. Those sent together share one: a line costs as much as the
 * mail, and the ledger knows each by itself.
 */
export const logResults = (log: Logger, transport: string, results: readonly Written[]): void => {
  const sent = results.filter(({ ours, result }) => ours && result.outcome.class === "sent");
  for (const written of results) {
    const { ours, result } = written;
    if (!ours) log.warn("mail result came after its lease", factsOf(transport, written));
    else if (result.settlement.state === "dead")
      log.error("mail is dead", factsOf(transport, written));
    else if (result.outcome.class !== "sent")
      log.warn("mail not sent", factsOf(transport, written));
  }
  const [first, ...others] = sent;
  if (first !== undefined && others.length === 0) log.info("mail sent", factsOf(transport, first));
  else if (first !== undefined)
    log.info("mails sent", {
      transport,
      mails: sent.map(({ mail }) => ({
        mailId: mail.id,
        template: mail.template,
        requestId: mail.trace.requestId,
        traceId: mail.trace.traceId,
      })),
    });
};
