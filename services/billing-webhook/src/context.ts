import type { RequestContext } from "@luna/shared/http/router";
import type { UserCaller } from "@luna/shared/rpc/caller";
import type { UsersForBilling } from "@luna/shared/rpc/users";

import type { Billing } from "./billing.ts";

/** What every handler of billing-webhook has at hand. */
export interface BillingContext extends RequestContext {
  billing: Billing;
  users: UsersForBilling;
  /** Applies what was stored, after the answer; should this die, the sweeper does it. */
  applySoon(): void;
  /** Lets work go on after the answer. */
  waitUntil: (work: Promise<unknown>) => void;
}

/** The route table has refused everyone else before a handler runs. */
export const signedIn = ({ caller }: BillingContext): UserCaller => {
  if (caller.kind !== "user") throw new Error("a route for users let somebody else in");
  return caller;
};
