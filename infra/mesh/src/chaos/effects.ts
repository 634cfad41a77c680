import { eventually } from "../people.ts";
import { billingStage, type BillingStage } from "./billing-stage.ts";
import { receiptsOfMutant } from "./effects-control.ts";
import { countOf, payment, type Payment, receiptsOf } from "./payment.ts";
import { deliver, deliverSurely, type ProviderEvent } from "./provider-event.ts";
import { handedOverTwice } from "./redelivery.ts";
import type { Run, Section } from "./run.ts";
import type { Sold } from "./sold.ts";
import { settled } from "./story.ts";
import { figure } from "./targets.ts";

const FULL = { purchases: 10, changes: 5 };
const QUICK = { purchases: 2, changes: 2 };
const REPEATS = 10;
const AT_ONCE = 50;
const STEP_MS = 10_000;
const EFFECTS_LIMIT_MS = 180_000;

/** A change of status, told twice with the same content under two names, as the provider does. */
const statusEvents = (sold: Sold, status: "past_due" | "active", at: number): ProviderEvent[] => {
  sold.change({ status }, at);
  return [
    sold.subscriptionEvent("subscription_updated"),
    sold.subscriptionEvent("subscription_renamed"),
  ];
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

/** The effects of a payment: the receipt and the audit row, each how often. */
const paymentEffects = async (stage: BillingStage, paid: Payment): Promise<number[]> => [
  await receiptsOf(stage, paid),
  countOf(
    stage.billing,
    "SELECT count(*) AS n FROM audit WHERE action = 'invoice.changed' AND subject = ?",
    paid.id,
  ),
];

/** Each of them so many times, no two of one event side by side, and so many under way at once. */
const flood = async (stage: BillingStage, events: readonly ProviderEvent[]): Promise<void> => {
  const all = Array.from({ length: REPEATS }, () => events).flat();
  const next = all[Symbol.iterator]();
  const taken = new Set<ProviderEvent>();
  const lane = async (): Promise<void> => {
    for (const event of next)
      if ((await deliver(stage.mesh, stage.secret, event)) === 200) taken.add(event);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  // A machine that is too slow for so many at once has taken none of some.
  for (const event of events)
    if (!taken.has(event)) await deliverSurely(stage.mesh, stage.secret, event);
};

const run = async (context: Run) => {
  const { say, quick } = context;
  const effort = quick ? QUICK : FULL;
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
    const tell = () => flood(stage, [...changed, ...paid.flatMap(({ events }) => events)]);
    // However often an event comes, it is applied once; the last ones are also announced twice, which
    // takes longer than any sweep that might announce an earlier one once more.
    if (round === effort.changes) await handedOverTwice(stage, tell);
    else await tell();
    await settled(stage);
    payments.push(...paid);
  }

  const wrong = async (): Promise<string[]> => {
    const counted = await Promise.all(
      payments.map(async (paid) => ({ paid, counts: await paymentEffects(stage, paid) })),
    );
    const once = counted.filter(({ counts }) => counts.some((count) => count !== 1));
    const changed = sold.flatMap((one, index) => {
      const counts = planChanges(stage, one).map((now, at) => now - (before[index]?.[at] ?? 0));
      return counts.every((count) => count === effort.changes)
        ? []
        : [`${effort.changes} changes of ${one.subscription.id}: ${counts.join(", ")}`];
    });
    return [
      ...once.map(({ paid, counts }) => `invoice ${paid.id} is paid: ${counts.join(", ")}`),
      ...changed,
    ];
  };
  const allOnce = async (): Promise<boolean> => (await wrong()).length === 0;
  await eventually("every effect once", allOnce, EFFECTS_LIMIT_MS).catch(() => null);
  const left = await wrong();
  for (const line of left.slice(0, 5)) say(`  not once: ${line}`);

  await stage.provider.remember(sold.flatMap((one) => one.puts()));
  const found = [figure("effects.duplicated", left.length, quick)];
  // Two reloads and two sweeps: a quick run has no time for its control.
  if (quick) return found;

  const [first] = sold;
  const after = start + (effort.changes + 1) * STEP_MS;
  const caught = first === undefined ? 0 : await receiptsOfMutant(stage, first, after);
  await stage.provider.remember(sold.flatMap((one) => one.puts()));
  say(`  with a broken idempotency key, ${caught} receipts too many`);
  return [...found, figure("effects.control_caught", caught, quick)];
};

/** However often and in however many words a change is told, its effects happen once. */
export const effects: Section = {
  ids: ["effects.duplicated", "effects.control_caught"],
  subject: "billing",
  lane: "mesh",
  run,
};
