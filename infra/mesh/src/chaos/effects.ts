import { eventually, type Mail } from "../people.ts";
import { billingStage, type BillingStage } from "./billing-stage.ts";
import { rows } from "./d1-file.ts";
import { deliver, pause, type ProviderEvent } from "./provider-event.ts";
import type { Run, Section } from "./run.ts";
import type { Sold } from "./sold.ts";
import { settled } from "./story.ts";
import { figure } from "./targets.ts";

const FULL = { purchases: 10, changes: 5 };
const QUICK = { purchases: 2, changes: 2 };
const REPEATS = 10;
const AT_ONCE = 50;
const STEP_MS = 10_000;
/** An effect done twice is done within a sweep or two of the first. */
const AFTERMATH_MS = 6_000;

/** A payment, told by several events, and how often each of its effects was seen. */
interface Payment {
  what: string;
  events: ProviderEvent[];
  seen: (stage: BillingStage) => Promise<number[]>;
}

const countOf = (file: string, sql: string, ...values: (string | number)[]): number =>
  rows<{ n: number }>(file, sql, ...values)[0]?.n ?? 0;

/** A change of status, told twice with the same content under two names, as the provider does. */
const statusEvents = (sold: Sold, status: "past_due" | "active", at: number): ProviderEvent[] => {
  sold.change({ status }, at);
  return [
    sold.subscriptionEvent("subscription_updated"),
    sold.subscriptionEvent("subscription_renamed"),
  ];
};

const payment = (sold: Sold, at: number): Payment => {
  const invoice = sold.charge(at);
  const id = String(invoice.id);
  return {
    what: `invoice ${id} is paid`,
    events: [
      sold.invoiceEvent(invoice),
      sold.invoiceEvent(invoice, "subscription_payment_recovered"),
    ],
    seen: async (stage) => {
      const messages = await fetch(`http://127.0.0.1:${stage.sink.httpPort}/api/messages`);
      const mails = await messages.json<Mail[]>();
      return [
        mails.filter(({ text }) => text.includes(id)).length,
        countOf(
          stage.billing,
          "SELECT count(*) AS n FROM audit WHERE action = 'invoice.changed' AND subject = ?",
          id,
        ),
      ];
    },
  };
};

/** How often a subscription changed: in the plan that users heard of, and in the audit. */
const planChanges = ({ users, billing }: BillingStage, { subscription }: Sold): number[] => {
  const id = String(subscription.id);
  return [
    countOf(users, "SELECT seq AS n FROM subscriptions WHERE provider_id = ?", id),
    countOf(
      billing,
      "SELECT count(*) AS n FROM audit WHERE action = 'subscription.changed' AND subject = ?",
      id,
    ),
  ];
};

/** Each of them so many times, no two of one event side by side, and so many under way at once. */
const flood = async (stage: BillingStage, events: readonly ProviderEvent[]): Promise<void> => {
  const all = Array.from({ length: REPEATS }, () => events).flat();
  const next = all[Symbol.iterator]();
  const lane = async (): Promise<void> => {
    for (const event of next) await deliver(stage.mesh, stage.secret, event);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
};

const run = async (context: Run) => {
  const { say } = context;
  const effort = context.quick ? QUICK : FULL;
  const stage = await billingStage(context);
  const buyer = await stage.join("effects");
  const start = Date.now() - 3_600_000;
  const sold: Sold[] = [];
  for (let index = 0; index < effort.purchases; index += 1)
    sold.push(await stage.buy(buyer, "starter", start));
  await flood(
    stage,
    sold.flatMap((one) => [one.orderEvent(), one.subscriptionEvent("subscription_created")]),
  );
  await settled(stage);

  const payments: Payment[] = [];
  const before = sold.map((one) => planChanges(stage, one));
  for (let round = 1; round <= effort.changes; round += 1) {
    const at = start + round * STEP_MS;
    const status = round % 2 === 1 ? "past_due" : "active";
    const changed = sold.flatMap((one) => statusEvents(one, status, at));
    const paid = sold.map((one) => payment(one, at));
    await flood(stage, [...changed, ...paid.flatMap(({ events }) => events)]);
    await settled(stage);
    payments.push(...paid);
  }
  await stage.provider.remember(sold.flatMap((one) => one.puts()));

  const wrong = async (): Promise<string[]> => {
    const counted = await Promise.all(
      payments.map(async ({ what, seen }) => ({ what, counts: await seen(stage) })),
    );
    const once = counted.filter(({ counts }) => counts.some((count) => count !== 1));
    const changed = sold.flatMap((one, index) => {
      const counts = planChanges(stage, one).map((now, at) => now - (before[index]?.[at] ?? 0));
      return counts.every((count) => count === effort.changes)
        ? []
        : [`${effort.changes} changes of ${one.subscription.id}: ${counts.join(", ")}`];
    });
    return [...once.map(({ what, counts }) => `${what}: ${counts.join(", ")}`), ...changed];
  };
  await eventually("every effect once", async () => (await wrong()).length === 0, 60_000).catch(
    () => null,
  );
  await pause(AFTERMATH_MS);
  const left = await wrong();
  for (const line of left.slice(0, 5)) say(`  not once: ${line}`);
  return [figure("effects.duplicated", left.length, context.quick)];
};

/** However often and in however many words a change is told, its effects happen once. */
export const effects: Section = {
  ids: ["effects.duplicated"],
  subject: "billing",
  lane: "mesh",
  run,
};
