import { bearer, eventually, mailsTo, post } from "../people.ts";
import type { BillingStage } from "./billing-stage.ts";
import { rows } from "./d1-file.ts";
import type { Purchase } from "./reconcile-purchase.ts";

/** Each kind's table, and what of a row says how the object stands: as `Known` says it. */
const STATES = {
  order: "status AS state FROM orders",
  subscription: "status || ' ' || quantity AS state FROM subscriptions",
  invoice: "status AS state FROM invoices",
} as const;

/** Objects that are not what the provider says, or not waiting for whoever claims them. */
export const unrepaired = (
  { billing, users }: BillingStage,
  purchases: readonly Purchase[],
): string[] =>
  purchases.flatMap(({ known, unheard }) =>
    known.flatMap(({ object, id, truth }) => {
      const [status = ""] = truth.split(" ");
      const [row] = rows<{ state: string }>(billing, `SELECT ${STATES[object]} WHERE id = ?`, id);
      if (unheard) {
        const waiting = rows(
          billing,
          "SELECT 1 FROM inbox WHERE object_id = ? AND state = 'unlinked'",
          id,
        );
        return row === undefined && waiting.length > 0 ? [] : [`${object} ${id} is not unlinked`];
      }
      const [heard] = rows<{ status: string }>(
        users,
        "SELECT status FROM subscriptions WHERE provider_id = ?",
        id,
      );
      const told = object !== "subscription" || heard?.status === status;
      return row?.state === truth && told ? [] : [`${object} ${id} is ${row?.state} not ${truth}`];
    }),
  );

/** The buyer of a purchase nobody heard of asks for it, follows the mail, and has his plan. */
export const claim = async (stage: BillingStage, { sold, buyer }: Purchase): Promise<string[]> => {
  const headers = bearer(buyer.tokens);
  const { identifier } = sold.order;
  await stage.fetch("/v1/billing/claim", post({ orderIdentifier: identifier }, headers));
  try {
    const token = await eventually("the mail of the claim", async () => {
      const texts = (await mailsTo(stage, buyer.email)).map(({ text }) => text);
      return texts.flatMap((text) => /billing\/claim\?token=([\w-]+)/.exec(text)?.[1] ?? [])[0];
    });
    await stage.fetch("/v1/billing/claim/confirm", post({ token }, headers));
    await eventually("the claimed subscription", () => {
      const id = String(sold.subscription.id);
      const found = rows(stage.users, "SELECT 1 FROM subscriptions WHERE provider_id = ?", id);
      return Promise.resolve(found.length > 0);
    });
    return [];
  } catch (error) {
    return [`order ${sold.order.id} cannot be claimed: ${String(error)}`];
  }
};
