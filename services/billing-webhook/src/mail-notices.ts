import type { Database } from "@luna/shared/d1/database";
import { PLANS } from "@luna/shared/plans";
import type { MailerForServices, VariablesOf } from "@luna/shared/rpc/mailer";
import { err, ok, type Result } from "@luna/shared/rpc/result";
import type { Contact, UsersForBilling } from "@luna/shared/rpc/users";
import type { Trace } from "@luna/shared/trace";
import * as v from "valibot";

import type { Config, Variants } from "./env.ts";
import { amountText } from "./invoice.ts";
import { findInvoice } from "./invoice-store.ts";
import { mailOwner } from "./mail-owner.ts";
import { findSubscription, type StoredSubscription } from "./subscription-store.ts";
import { iso } from "./time.ts";
import { tierOf } from "./variants.ts";

interface Receivers {
  users: UsersForBilling;
  mailer: MailerForServices;
  db: Database;
  config: Pick<Config, "LEMONSQUEEZY_VARIANTS" | "APP_URL" | "API_URL">;
}

type Mailed = Result<null, "refused" | "invalid_input" | "unavailable">;
type Mail = (receivers: Receivers, payload: unknown, key: string, trace: Trace) => Promise<Mailed>;

const planName = (variantId: string, variants: Variants): string | null => {
  const tier = tierOf(variantId, variants);
  return tier === null ? null : PLANS[tier].name;
};

/** A product that is none of the plans is called what the provider calls it. */
const planOf = (subscription: StoredSubscription | null, { config }: Receivers): string =>
  subscription === null
    ? ""
    : (planName(subscription.variantId, config.LEMONSQUEEZY_VARIANTS) ?? subscription.productName);

/** Where plan and card can be changed; the provider's own links expire too soon for a mail. */
const billingPage = ({ config }: Receivers): string =>
  new URL("/billing", config.APP_URL || config.API_URL).href;

const Named = v.object({ id: v.string() });

/** What every mail about one charge is made of. */
interface Charge {
  name: string;
  plan: string;
  amount: string;
  invoice: string;
  link: string;
}

/** A mail about one charge; `kind` begins its key, so there is one of each about an invoice. */
const aboutCharge =
  <T extends "receipt" | "payment_failed" | "payment_recovered">(
    template: T,
    kind: string,
    pick: (charge: Charge) => VariablesOf<T>,
  ): Mail =>
  async (receivers, payload, _key, trace) => {
    const { id } = v.parse(Named, payload);
    const invoice = await findInvoice(receivers.db, id);
    if (invoice === null) return err("refused", "the invoice is gone");
    const plan = planOf(await findSubscription(receivers.db, invoice.subscriptionId), receivers);
    const link = billingPage(receivers);
    const varsFor = ({ name }: Contact): VariablesOf<T> =>
      pick({ name, plan, amount: amountText(invoice), invoice: id, link });
    const mail = { owner: invoice.owner, key: `${kind}:${id}:1`, template, varsFor };
    return mailOwner(receivers, mail, trace);
  };

const cancelled: Mail = async (receivers, payload, key, trace) => {
  const subscription = await findSubscription(receivers.db, v.parse(Named, payload).id);
  if (subscription === null) return err("refused", "the subscription is gone");
  const { owner, endsAt } = subscription;
  // Resumed since: there is no end to tell of.
  if (endsAt === null) return ok(null);
  const mail = {
    owner,
    key,
    template: "subscription_cancelled" as const,
    varsFor: ({ name }: { name: string }) => ({
      name,
      plan: planOf(subscription, receivers),
      endsAt: iso(endsAt),
      link: billingPage(receivers),
    }),
  };
  return mailOwner(receivers, mail, trace);
};

const Change = v.object({
  id: v.string(),
  at: v.number(),
  unpaid: v.number(),
  oldVariantId: v.string(),
  variantId: v.string(),
});

const changed: Mail = async (receivers, payload, key, trace) => {
  const { id, at, unpaid, oldVariantId, variantId } = v.parse(Change, payload);
  const variants = receivers.config.LEMONSQUEEZY_VARIANTS;
  const oldPlan = planName(oldVariantId, variants);
  const plan = unpaid === 1 ? PLANS.free.name : planName(variantId, variants);
  // A product that is no plan changes none; the tier that was known is kept.
  if (oldPlan === null || plan === null || oldPlan === plan) return ok(null);
  const subscription = await findSubscription(receivers.db, id);
  if (subscription === null) return err("refused", "the subscription is gone");
  const mail = {
    owner: subscription.owner,
    key,
    template: "plan_changed" as const,
    varsFor: ({ name }: { name: string }) => ({ name, oldPlan, plan, at: iso(at) }),
  };
  return mailOwner(receivers, mail, trace);
};

/** The mails about money, by the effect that asks for each. */
export const NOTICES: Readonly<Record<string, Mail>> = {
  "mail.receipt": aboutCharge("receipt", "receipt", ({ name, plan, amount, invoice }) => ({
    name,
    plan,
    amount,
    invoice,
  })),
  "mail.payment_failed": aboutCharge(
    "payment_failed",
    "dunning",
    ({ name, plan, amount, link }) => ({ name, plan, amount, link }),
  ),
  "mail.payment_recovered": aboutCharge(
    "payment_recovered",
    "payment_recovered",
    ({ name, plan, amount }) => ({ name, plan, amount }),
  ),
  "mail.subscription_cancelled": cancelled,
  "mail.plan_changed": changed,
};
