import { billingStage } from "./billing-stage.ts";
import { lockOut } from "./d1-file.ts";
import { offer } from "./offer.ts";
import { pause } from "./provider-event.ts";
import type { Run, Section } from "./run.ts";
import { lostOf, tellStory, wrongOf } from "./story.ts";
import { figure } from "./targets.ts";

const FULL = { events: 300, subscriptions: 5, secondMs: 200 };
const QUICK = { events: 60, subscriptions: 2, secondMs: 30 };
const PER_SECOND = 50;
/** The provider's last attempt, in its seconds, and a little more. */
const OUTAGE_S = 170;

const run = async (context: Run) => {
  const { quick, say } = context;
  const effort = quick ? QUICK : FULL;
  const stage = await billingStage(context);
  const random = context.random("webhook-d1-down");
  const { sold, events } = await tellStory(stage, await stage.join("outage"), effort, random);
  const release = lockOut(stage.billing);
  const strike = stage.mesh.aim("runtime");
  let acked = 0;
  let killed = 0;
  try {
    await offer(events, {
      url: stage.mesh.url,
      secret: () => stage.secret,
      perSecond: PER_SECOND,
      secondMs: effort.secondMs,
      // Whatever holds them now has to be as durable as what it stands in for, and at once.
      onAck() {
        acked += 1;
        if (acked === events.length) killed = strike?.() ?? 0;
      },
    });
    say(`  ${acked} of ${events.length} acknowledged while D1 refused everything`);
    if (killed === 0) stage.mesh.killRuntime();
    await pause(OUTAGE_S * effort.secondMs);
  } finally {
    release();
  }
  // The provider will not send any of them again.
  const lost = await lostOf(stage, events);
  const wrong = await wrongOf(stage, sold);
  return [figure("webhook.d1_down_lost", lost.length + wrong.length, quick)];
};

/** An outage of D1 longer than the provider's patience loses nothing. */
export const webhookD1Down: Section = {
  ids: ["webhook.d1_down_lost"],
  subject: "billing",
  lane: "mesh",
  run,
};
