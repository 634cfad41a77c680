import { bearer, eventually, json, mailsTo, post } from "../people.ts";
import { billingStage, type BillingStage, type Buyer } from "./billing-stage.ts";
import { rows } from "./d1-file.ts";
import { deliver, type ProviderEvent } from "./provider-event.ts";
import type { Run, Section } from "./run.ts";
import type { Sold } from "./sold.ts";
import { settled } from "./story.ts";
import { figure } from "./targets.ts";

const FULL = { purchases: 40, changes: 6, claims: 3 };
const QUICK = { purchases: 8, changes: 3, claims: 1 };
/** So much of what the provider sends never arrives, some purchases not at all. */
const DROPPED = 0.3;
const DROPPED_WHOLE = 0.2;
const STEP_MS = 10_000;
const HOUR_MS = 3_600_000;
const RUN_LIMIT_MS = 600_000;

/** An object of the provider: how it ends there, and how it stood in the last event that arrived. */
interface Known {
  object: "order" | "subscription" | "invoice";
  id: string;
  heard: string | null;
  truth: string;
}

interface Purchase {
  sold: Sold;
  buyer: Buyer;
  /** Nothing of it arrived, so nothing says whose it is. */
  unheard: boolean;
  events: ProviderEvent[];
  known: Known[];
}

/** What happens to a purchase, and which of its events get through. */
const live = (
  sold: Sold,
  buyer: Buyer,
  { changes, unheard }: { changes: number; unheard: boolean },
  random: () => number,
): Purchase => {
  const purchase: Purchase = { sold, buyer, unheard, events: [], known: [] };
  const tell = (
    object: Known["object"],
    id: number,
    state: string,
    event: ProviderEvent,
    certain = false,
  ) => {
    const arrives = !unheard && (certain || random() >= DROPPED);
    const entry = purchase.known.find((one) => one.id === String(id) && one.object === object);
    const known = entry ?? { object, id: String(id), heard: null, truth: state };
    if (entry === undefined) purchase.known.push(known);
    known.truth = state;
    if (!arrives) return;
    known.heard = state;
    purchase.events.push(event);
  };
  const { id } = sold.subscription;
  const start = sold.order.createdAt;
  tell("order", sold.order.id, "paid", sold.orderEvent());
  // The reference has to arrive once: in the order or in the first word about the subscription.
  const lonely = purchase.events.length === 0;
  tell("subscription", id, "active", sold.subscriptionEvent("subscription_created"), lonely);
  for (let step = 1; step <= changes; step += 1) {
    const at = start + step * STEP_MS;
    const invoice = sold.charge(at);
    tell("invoice", invoice.id, "paid", sold.invoiceEvent(invoice));
    const status = step % 2 === 1 ? "past_due" : "active";
    sold.change({ status, quantity: step }, at);
    tell("subscription", id, `${status} ${step}`, sold.subscriptionEvent());
  }
  return purchase;
};

interface Report {
  id: string;
  state: "running" | "done" | "failed";
  calls: number;
  drifts: { object: string; id: string; before: string | null; after: string; linked: boolean }[];
}

const reconcile = async (stage: BillingStage): Promise<Report> => {
  const headers = bearer(await stage.admin());
  const path = "/v1/admin/billing/reconcile";
  const begun = await json<Report>(stage.fetch(path, { method: "POST", headers }));
  return eventually(
    "the comparison to end",
    async () => {
      const report = await json<Report>(stage.fetch(`${path}/${begun.id}`, { headers }));
      return report.state === "running" ? null : report;
    },
    RUN_LIMIT_MS,
  );
};

const TABLES = { order: "orders", subscription: "subscriptions", invoice: "invoices" } as const;

/** Objects that are not what the provider says, or not waiting for whoever claims them. */
const unrepaired = ({ billing, users }: BillingStage, purchases: readonly Purchase[]): string[] =>
  purchases.flatMap(({ known, unheard }) =>
    known.flatMap(({ object, id, truth }) => {
      const [status = ""] = truth.split(" ");
      const [row] = rows<{ status: string }>(
        billing,
        `SELECT status FROM ${TABLES[object]} WHERE id = ?`,
        id,
      );
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
      return row?.status === status && told
        ? []
        : [`${object} ${id} is ${row?.status} not ${status}`];
    }),
  );

/** Where the report says more or less than what differed. */
const reportedWrong = (report: Report, purchases: readonly Purchase[]): string[] => {
  const differed = purchases.flatMap(({ known }) =>
    known.filter(({ heard, truth }) => heard !== truth).map(({ object, id }) => `${object} ${id}`),
  );
  const reported = report.drifts.map(({ object, id }) => `${object} ${id}`);
  return [
    ...differed.filter((one) => !reported.includes(one)).map((one) => `${one} is not reported`),
    ...reported.filter((one) => !differed.includes(one)).map((one) => `${one} did not differ`),
  ];
};

/** The buyer of a purchase nobody heard of asks for it, follows the mail, and has his plan. */
const claim = async (stage: BillingStage, { sold, buyer }: Purchase): Promise<string[]> => {
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

const run = async (context: Run) => {
  const { say } = context;
  const effort = context.quick ? QUICK : FULL;
  const random = context.random("reconcile");
  const stage = await billingStage(context);
  const purchases: Purchase[] = [];
  for (let index = 0; index < effort.purchases; index += 1) {
    // Who claims is told from others by the address, so each of those has one of his own.
    const unheard = index < Math.ceil(DROPPED_WHOLE * effort.purchases);
    const buyer = await stage.join(unheard ? `unheard${index}` : "heard");
    const sold = await stage.buy(buyer, "pro", Date.now() - HOUR_MS);
    purchases.push(live(sold, buyer, { changes: effort.changes, unheard }, random));
  }
  for (const { events } of purchases)
    for (const event of events) await deliver(stage.mesh, stage.secret, event);
  await settled(stage);
  await stage.provider.remember(purchases.flatMap(({ sold }) => sold.puts()));

  const report = await reconcile(stage);
  const { busiestMinute } = await stage.provider.apiCalls();
  say(
    `  ${report.drifts.length} objects differed, ${report.calls} calls, at most ${busiestMinute} a minute`,
  );
  await eventually(
    "the repairs to reach users",
    () => Promise.resolve(unrepaired(stage, purchases).length === 0),
    60_000,
  ).catch(() => null);
  const left = unrepaired(stage, purchases);
  const wrong = reportedWrong(report, purchases);
  if (report.state !== "done") wrong.push(`the comparison ${report.state}`);
  if (busiestMinute > 60) wrong.push(`${busiestMinute} calls in one minute`);
  const claims = purchases.filter(({ unheard }) => unheard).slice(0, effort.claims);
  for (const purchase of claims) left.push(...(await claim(stage, purchase)));
  for (const line of [...left, ...wrong].slice(0, 6)) say(`  ${line}`);
  return [
    figure("reconcile.unrepaired", left.length, context.quick),
    figure("reconcile.report_wrong", wrong.length, context.quick),
  ];
};

/** What never arrived is found, told exactly and repaired by one comparison with the provider. */
export const reconcileDrops: Section = {
  ids: ["reconcile.unrepaired", "reconcile.report_wrong"],
  subject: "billing",
  lane: "mesh",
  run,
};
