import { billingStage } from "./billing-stage.ts";
import { Killer } from "./kill-plan.ts";
import { offer } from "./offer.ts";
import { lastWords, type ProviderEvent } from "./provider-event.ts";
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
  secondMs: 60,
  limitMs: 240_000,
};
/** What matters of what nobody took by then is sent again after the storm. */
const AFTERWARDS_LIMIT_MS = 600_000;

const run = async (context: Run) => {
  const { quick, say } = context;
  const effort = quick ? QUICK : FULL;
  const random = context.random("webhook-kills");
  const stage = await billingStage(context);
  const { sold, events } = await tellStory(stage, await stage.join("kills"), effort, random);
  const killer = new Killer(stage.mesh, { ...effort, events: events.length }, { random, say });
  await killer.begin();
  const provider = { ...effort, url: stage.mesh.url, secret: () => stage.secret };
  const begun = performance.now();
  const left = (): number => effort.limitMs - (performance.now() - begun);
  const acked: ProviderEvent[] = [];
  let waiting: readonly ProviderEvent[] = events;
  let givenUp = 0;
  // What the provider gave up on during an outage, somebody sends again by hand: the load goes on.
  while (waiting.length > 0 && left() > 0) {
    const heard = await offer(waiting, {
      ...provider,
      limitMs: left(),
      onAck: () => killer.acked(),
    });
    acked.push(...heard.acked);
    givenUp += heard.givenUp.length;
    waiting = [...heard.givenUp, ...heard.unsent];
  }
  await killer.over();
  const seconds = (performance.now() - begun) / 1_000;
  const rate = (acked.length / seconds).toFixed(0);
  say(`  ${acked.length} of ${events.length} acknowledged in ${seconds.toFixed(0)} s,`);
  say(`  ${rate}/s of ${effort.perSecond}/s offered; ${givenUp} times four attempts failed`);

  const known = new Set(acked);
  const again = lastWords(events).filter((event) => !known.has(event));
  const afterwards = await offer(again, { ...provider, limitMs: AFTERWARDS_LIMIT_MS });
  acked.push(...afterwards.acked);
  const lost = await lostOf(stage, acked);
  for (const { name, webhookId } of lost.slice(0, 3)) say(`  lost: ${name} ${webhookId}`);
  // Only who was told the last of everything can know how it ends.
  const told = afterwards.acked.length === again.length;
  if (!told)
    say(`  the end of ${again.length - afterwards.acked.length} objects never got through`);
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
