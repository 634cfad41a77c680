import { eventually } from "../people.ts";
import { billingStage } from "./billing-stage.ts";
import { deliverSurely } from "./provider-event.ts";
import { live, type Purchase } from "./reconcile-purchase.ts";
import { claim, unrepaired } from "./reconcile-repair.ts";
import { reconcile, reportedWrong } from "./reconcile-report.ts";
import type { Run, Section } from "./run.ts";
import { settled } from "./story.ts";
import { figure } from "./targets.ts";
import { withoutComparisons } from "./without-comparisons.ts";

const FULL = { purchases: 40, changes: 6, claims: 8 };
const QUICK = { purchases: 8, changes: 3, claims: 1 };
/** Of so many purchases nothing arrives at all. */
const DROPPED_WHOLE = 0.2;
const HOUR_MS = 3_600_000;

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
  const report = await withoutComparisons(stage, async () => {
    for (const { events } of purchases)
      for (const event of events) await deliverSurely(stage.mesh, stage.secret, event);
    await settled(stage);
    await stage.provider.remember(purchases.flatMap(({ sold }) => sold.puts()));
    return reconcile(stage);
  });
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
