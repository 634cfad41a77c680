import { billingStage } from "./billing-stage.ts";
import { Killer } from "./kill-plan.ts";
import { offer } from "./offer.ts";
import type { Run, Section } from "./run.ts";
import { lostOf, tellStory, wrongOf } from "./story.ts";
import { figure } from "./targets.ts";

/** The full run has the provider's own seconds: its ladder of 155 s outlasts every start of the mesh. */
const FULL = {
  events: 10_000,
  subscriptions: 20,
  kills: 20,
  perSecond: 100,
  secondMs: 1_000,
  limitMs: 1_800_000,
};
const QUICK = {
  events: 500,
  subscriptions: 4,
  kills: 3,
  perSecond: 50,
  secondMs: 100,
  limitMs: 240_000,
};
/** What the provider has given up on is sent again by hand, after the storm. */
const BY_HAND_LIMIT_MS = 600_000;

const run = async (context: Run) => {
  const { quick, say } = context;
  const effort = quick ? QUICK : FULL;
  const random = context.random("webhook-kills");
  const stage = await billingStage(context);
  const { sold, events } = await tellStory(stage, await stage.join("kills"), effort, random);
  const killer = new Killer(stage.mesh, { ...effort, events: events.length }, { random, say });
  await killer.begin();
  const provider = { ...effort, url: stage.mesh.url, secret: () => stage.secret };
  const heard = await offer(events, { ...provider, onAck: () => killer.acked() });
  await killer.over();
  const acked = [...heard.acked];
  const rate = (acked.length / heard.seconds).toFixed(0);
  say(`  ${acked.length} of ${events.length} acknowledged in ${heard.seconds.toFixed(0)} s,`);
  say(`  ${rate}/s of ${effort.perSecond}/s offered; ${heard.givenUp.length} given up`);

  const again = [...heard.givenUp, ...heard.unsent];
  const byHand = await offer(again, { ...provider, limitMs: BY_HAND_LIMIT_MS });
  acked.push(...byHand.acked);
  const lost = await lostOf(stage, acked);
  for (const { name, webhookId } of lost.slice(0, 3)) say(`  lost: ${name} ${webhookId}`);
  // Only who was told everything can know how it ends.
  const told = acked.length === events.length;
  if (!told) say(`  ${events.length - acked.length} were never acknowledged on this machine`);
  const wrong = told ? await wrongOf(stage, sold) : [];
  for (const { subscription } of wrong.slice(0, 3)) say(`  wrong: ${subscription.id}`);
  return [
    figure("webhook.acked_lost", lost.length + wrong.length, quick),
    figure("webhook.kills", killer.kills, quick),
  ];
};

/** Nothing acknowledged is lost, whatever is killed and whenever. */
export const webhookKills: Section = {
  ids: ["webhook.acked_lost", "webhook.kills"],
  subject: "billing",
  lane: "mesh",
  run,
};
