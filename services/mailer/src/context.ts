import type { RequestContext } from "@luna/shared/http/router";

import type { BulkLedger } from "./bulk-store.ts";
import type { Circuit } from "./circuit.ts";
import type { EventStore } from "./event-store.ts";
import type { OperatorLedger } from "./operator-store.ts";
import type { SettingsStore } from "./settings-store.ts";
import type { SuppressionStore } from "./suppression-store.ts";
import type { TransportName } from "./transport.ts";

/** What every handler of mailer has at hand. */
export interface MailerContext extends RequestContext {
  mails: OperatorLedger;
  bulk: BulkLedger;
  settings: SettingsStore;
  suppressions: SuppressionStore;
  events: EventStore;
  /** SENDGRID_WEBHOOK_PUBLIC_KEY. */
  webhookKey: string;
  /** The transport in use, given what an operator has chosen. */
  transportOf: (chosen: string | null) => TransportName;
  circuits: () => Promise<Record<TransportName, Circuit>>;
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
