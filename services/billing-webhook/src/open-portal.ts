import { Failure } from "@luna/shared/http/problem";
import { reply, type Reply } from "@luna/shared/http/reply";
import * as v from "valibot";

import { signedIn, type BillingContext } from "./context.ts";
import { foremost } from "./subscription.ts";
import { ownSubscriptions } from "./subscription-store.ts";

export const PortalAnswer = v.strictObject({ url: v.string() });

/**
 * `POST /v1/billing/portal`: where the caller changes card or plan, or cancels; fetched anew each
 * time because the links expire. The provider keeps one customer per e-mail a buyer typed, and its
 * portal shows all of that customer. So a customer who serves somebody else too gets no portal, only
 * the page for the card of the caller's own subscription.
 */
export const openPortal = async (
  _input: unknown,
  context: BillingContext,
): Promise<Reply | Failure> => {
  const { billing, log } = context;
  const mine = await ownSubscriptions(billing.db, signedIn(context)).listForPortal();
  const subscription = foremost(mine);
  if (subscription === null)
    return new Failure("conflict", "There is no subscription to manage yet.");
  const links = await billing.lemonSqueezy.subscriptionLinks(subscription.id);
  if (!links.ok) {
    log.error("portal not opened", { code: links.code, detail: links.detail });
    return new Failure("unavailable", "The payment provider does not answer.");
  }
  const { customerPortal, updatePaymentMethod } = links.value;
  const url = subscription.sharedCustomer ? updatePaymentMethod : customerPortal;
  return url === null
    ? new Failure("conflict", "The payment provider has no page for this subscription.")
    : reply(200, { url });
};
