import { err, ok, type Result } from "@luna/shared/rpc/result";
import type { MailerForServices } from "@luna/shared/rpc/mailer";
import type { UsersForBilling } from "@luna/shared/rpc/users";
import type { Database } from "@luna/shared/d1/database";
import type { Trace } from "@luna/shared/trace";
import * as v from "valibot";

import { findOpenClaim } from "./claim-store.ts";
import type { LemonSqueezy } from "./lemonsqueezy/client.ts";

const Payload = v.object({ id: v.string(), sealedLink: v.string() });
const Address = v.pipe(v.string(), v.includes("@"), v.maxLength(254));

interface Receivers {
  users: UsersForBilling;
  mailer: MailerForServices;
  db: Database;
  lemonSqueezy: Pick<LemonSqueezy, "fetchObject">;
  clock: () => number;
}

/**
 * Asks the buyer of an order whether the claim is theirs. The address is only the provider's to know,
 * so it is asked each time and never kept. No order, or one that has an owner: nobody is asked.
 */
export const mailClaim = async (
  { users, mailer, db, lemonSqueezy, clock }: Receivers,
  { key, payload }: { key: string; payload: unknown },
  trace: Trace,
): Promise<Result<null, "invalid_input" | "unavailable">> => {
  const { id, sealedLink } = v.parse(Payload, payload);
  const now = clock();
  const claim = await findOpenClaim(db, id, now);
  if (claim === null || claim.orderId === null || claim.owned === 1) return ok(null);
  const [order, contact] = await Promise.all([
    lemonSqueezy.fetchObject("orders", claim.orderId, "person"),
    users.contactOf(claim.userId, trace),
  ]);
  if (!order.ok && order.code !== "not_found") return err("unavailable", order.detail);
  if (!contact.ok && contact.code === "unavailable") return err("unavailable", contact.detail);
  const to = v.safeParse(Address, order.ok ? order.value.attributes["user_email"] : null);
  if (!to.success || !contact.ok) return ok(null);
  const intent = {
    key,
    template: "claim_purchase" as const,
    // The buyer's language is unknown; whoever claims is most likely the buyer.
    locale: contact.value.locale,
    to: to.output,
    vars: {
      account: contact.value.email,
      order: claim.identifier,
      validFor: String(Math.floor((claim.expiresAt - now) / 1_000)),
    },
    sealed: { link: sealedLink },
    // The buyer may have no account.
    userId: null,
    expiresAt: claim.expiresAt,
  };
  return mailer.accept([intent], trace);
};
