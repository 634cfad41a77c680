import type { RequestContext } from "@luna/shared/http/router";

import type { BulkLedger } from "./bulk-store.ts";
import type { OperatorLedger } from "./operator-store.ts";

/** What every handler of mailer has at hand. */
export interface MailerContext extends RequestContext {
  mails: OperatorLedger;
  bulk: BulkLedger;
  /** Delivers these mails now, as far as they are due. */
  deliver(ids: readonly string[]): Promise<void>;
  /** Makes sure that they are delivered even if this request dies. */
  arm(): Promise<void>;
}

/** The route table has refused everyone but administrators before a handler runs. */
export const actorOf = ({ caller }: MailerContext): string => {
  if (caller.kind !== "user") throw new Error("a route for administrators let somebody else in");
  return caller.userId;
};
