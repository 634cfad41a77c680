import { Failure } from "@luna/shared/http/problem";
import { reply, type Reply } from "@luna/shared/http/reply";
import { newId } from "@luna/shared/id";
import { PAID_TIERS } from "@luna/shared/plans";
import * as v from "valibot";

import { askContact } from "./ask-contact.ts";
import { signRef, type Checkout } from "./checkout-ref.ts";
import { checkoutStore } from "./checkout-store.ts";
import { signedIn, type BillingContext } from "./context.ts";

export const CheckoutInput = v.strictObject({ plan: v.picklist(PAID_TIERS) });
export const CheckoutAnswer = v.strictObject({ url: v.string() });

/** A link left in a tab works tomorrow; one that leaks does not work for ever. */
const LINK_LIFETIME_MS = 24 * 60 * 60 * 1_000;

/** `POST /v1/billing/checkout`: a page of the provider on which the caller can buy the plan. */
export const createCheckout = async (
  { body }: { body: v.InferOutput<typeof CheckoutInput> },
  context: BillingContext,
): Promise<Reply | Failure> => {
  const { userId } = signedIn(context);
  const { billing, trace, now, log } = context;
  const { config, db } = billing;
  const checkout: Checkout = {
    id: newId(now),
    owner: { kind: "user", id: userId },
    variantId: config.LEMONSQUEEZY_VARIANTS[body.plan],
  };
  const [contact, ref] = await Promise.all([
    askContact(context.users, userId, trace),
    signRef(config.CHECKOUT_REF_KEY, checkout),
    checkoutStore(db).add(checkout, trace, now),
  ]);
  if (!contact.ok) return new Failure("unavailable", "Your account is still being set up.");
  const url = await billing.lemonSqueezy.createCheckout({
    variantId: checkout.variantId,
    email: contact.value.email,
    name: contact.value.name,
    ref,
    redirectUrl: `${config.APP_URL || config.API_URL}/checkout/return`,
    expiresAt: now + LINK_LIFETIME_MS,
  });
  if (url.ok) return reply(201, { url: url.value });
  log.error("checkout not created", { code: url.code, detail: url.detail });
  return new Failure("unavailable", "The payment provider does not answer. Try again in a moment.");
};
