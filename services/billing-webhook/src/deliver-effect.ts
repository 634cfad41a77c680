import type { Database } from "@luna/shared/d1/database";
import { within } from "@luna/shared/deadline";
import type { Deliver, Effect } from "@luna/shared/outbox/outbox";
import { PLANS } from "@luna/shared/plans";
import type { MailerForServices } from "@luna/shared/rpc/mailer";
import { err, type Result } from "@luna/shared/rpc/result";
import type { UsersForBilling } from "@luna/shared/rpc/users";
import type { Trace } from "@luna/shared/trace";
import * as v from "valibot";

import type { Variants } from "./env.ts";
import { amountText } from "./invoice.ts";
import { findInvoice } from "./invoice-store.ts";
import type { LemonSqueezy } from "./lemonsqueezy/client.ts";
import { mailClaim } from "./mail-claim.ts";
import { findSubscription } from "./subscription-store.ts";
import { tierOf } from "./variants.ts";

export interface Receivers {
  users: UsersForBilling;
  mailer: MailerForServices;
  db: Database;
  config: { LEMONSQUEEZY_VARIANTS: Variants };
  lemonSqueezy: Pick<LemonSqueezy, "fetchOrder">;
  clock: () => number;
}

/** A receiver that hangs must not hold up the sweep, nor outlast the 5 s lease of the outbox row. */
const DEADLINE_MS = 4_000;

type Delivered = Result<null, "unavailable" | "refused">;

/** A receiver that calls our input invalid will do so every time. */
const asDelivered = (result: Result<null, "invalid_input" | "unavailable">): Delivered =>
  result.ok || result.code === "unavailable"
    ? (result as Delivered)
    : err("refused", `${result.code} ${result.detail}`);

/** Tells users the newest state, so that an old row delivered late still tells the truth. */
const announceSubscription = async (
  { users, db, config }: Receivers,
  id: string,
  trace: Trace,
): Promise<Delivered> => {
  const subscription = await findSubscription(db, id);
  if (subscription === null) return err("refused", "the subscription is gone");
  const { owner, status, pause, renewsAt, endsAt, epoch, seq, variantId } = subscription;
  const tier = tierOf(variantId, config.LEMONSQUEEZY_VARIANTS);
  return asDelivered(
    await users.applySubscription(
      {
        provider: "lemonsqueezy",
        providerId: id,
        owner,
        tier,
        status,
        pause,
        renewsAt,
        endsAt,
        epoch,
        seq,
      },
      trace,
    ),
  );
};

const mailReceipt = async (
  { users, mailer, db, config }: Receivers,
  key: string,
  invoiceId: string,
  trace: Trace,
): Promise<Delivered> => {
  const invoice = await findInvoice(db, invoiceId);
  if (invoice === null) return err("refused", "the invoice is gone");
  if (invoice.owner.kind !== "user") return err("refused", "only users have an address");
  const [contact, subscription] = await Promise.all([
    users.contactOf(invoice.owner.id, trace),
    findSubscription(db, invoice.subscriptionId),
  ]);
  if (!contact.ok)
    return contact.code === "unavailable"
      ? err("unavailable", contact.detail)
      : err("refused", "the user is gone");
  const { name, email, locale } = contact.value;
  const tier = subscription && tierOf(subscription.variantId, config.LEMONSQUEEZY_VARIANTS);
  const plan = tier === null ? (subscription?.productName ?? "") : PLANS[tier].name;
  const intent = {
    key,
    template: "receipt" as const,
    locale,
    to: email,
    vars: { name, plan, amount: amountText(invoice, locale), invoice: invoice.id },
    sealed: {},
    userId: invoice.owner.id,
    expiresAt: null,
  };
  return asDelivered(await mailer.accept([intent], trace));
};

const Payload = v.object({ id: v.string() });

const deliver = async (
  receivers: Receivers,
  { effect, key, payload }: Effect,
  trace: Trace,
): Promise<Delivered> => {
  const { id } = v.parse(Payload, payload);
  switch (effect) {
    case "users.subscription":
      return announceSubscription(receivers, id, trace);
    case "mail.receipt":
      return mailReceipt(receivers, key, id, trace);
    case "mail.claim":
      return asDelivered(await mailClaim(receivers, { key, payload }, trace));
    default:
      return err("refused", "no such effect");
  }
};

/** What the outbox rows of this service mean. Each names an object; its state is read at delivery. */
export const deliverEffect =
  (receivers: Receivers): Deliver =>
  (effect, trace) =>
    within<Delivered>(DEADLINE_MS, deliver(receivers, effect, trace), () =>
      err("unavailable", "no answer in time"),
    );
