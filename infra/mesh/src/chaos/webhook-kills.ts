import { atRate } from "./at-rate.ts";
import { billingStage } from "./billing-stage.ts";
import { deliverWithRetries, type ProviderEvent } from "./provider-event.ts";
import type { Run, Section } from "./run.ts";
import { lostOf, tellStory, wrongOf } from "./story.ts";
import { figure } from "./targets.ts";

const FULL = { events: 10_000, subscriptions: 20, kills: 20, perSecond: 100 };
const QUICK = { events: 500, subscriptions: 4, kills: 3, perSecond: 50 };

/** The provider's seconds here: its ladder of 155 s takes 15, longer than a start of the mesh. */
const SECOND_MS = 100;

type Target = "runtime" | "tree";

/** Kills fall into equal stretches of the run, each anywhere in its own; every other one hits all. */
const planKills = (events: number, kills: number, random: () => number): Map<number, Target> =>
  new Map(
    Array.from({ length: kills }, (_, index) => [
      Math.floor(((index + random()) * events) / kills),
      index % 2 === 0 ? "runtime" : "tree",
    ]),
  );

const run = async (context: Run) => {
  const { quick, say } = context;
  const effort = quick ? QUICK : FULL;
  const random = context.random("webhook-kills");
  const stage = await billingStage(context);
  const { sold, events } = await tellStory(stage, await stage.join("kills"), effort, random);
  const kills = planKills(events.length, effort.kills, random);
  const acked: ProviderEvent[] = [];
  const unheard: ProviderEvent[] = [];
  let killed = 0;
  const begun = performance.now();
  await atRate(
    events,
    effort.perSecond,
    async (event) => {
      const heard = await deliverWithRetries(stage.mesh, stage.secret, event, SECOND_MS);
      (heard ? acked : unheard).push(event);
    },
    (index) => {
      const target = kills.get(index);
      if (target === undefined) return undefined;
      killed += 1;
      const what = target === "tree" ? "everything, then npm start" : "the services' runtime";
      say(`  after ${index} deliveries: kill -9 of ${what}`);
      if (target === "tree") return stage.mesh.killTree();
      stage.mesh.killRuntime();
      return undefined;
    },
  );
  const seconds = ((performance.now() - begun) / 1_000).toFixed(0);
  say(`  ${acked.length} of ${events.length} acknowledged in ${seconds} s`);
  // What the provider gave up on, somebody sends again by hand: the end has to be the provider's.
  await atRate(unheard, effort.perSecond, async (event) => {
    if (await deliverWithRetries(stage.mesh, stage.secret, event, SECOND_MS)) acked.push(event);
  });
  const lost = await lostOf(stage, acked);
  const wrong = await wrongOf(stage, sold);
  return [
    figure("webhook.acked_lost", lost.length + wrong.length, quick),
    figure("webhook.kills", killed, quick),
  ];
};

/** Nothing acknowledged is lost, whatever is killed and whenever. */
export const webhookKills: Section = {
  ids: ["webhook.acked_lost", "webhook.kills"],
  subject: "billing",
  lane: "mesh",
  run,
};
