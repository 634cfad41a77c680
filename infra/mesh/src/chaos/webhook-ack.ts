import { median, percentile } from "@luna/bench/statistics";

import { atRate } from "./at-rate.ts";
import { billingStage } from "./billing-stage.ts";
import { alter } from "./d1-file.ts";
import { deliver } from "./provider-event.ts";
import type { Run, Section } from "./run.ts";
import { tellStory } from "./story.ts";
import { figure } from "./targets.ts";

const PER_SECOND = 100;
/** Two minutes of deliveries that nobody can apply. */
const FULL = { events: 12_000, subscriptions: 10 };
const QUICK = { events: 500, subscriptions: 2 };
/** The first answers of a cold isolate say nothing about a processor that stands still. */
const WARM_UP = 100;

/** From now on no event can be marked as applied, parked or anything else. */
const STALL = `CREATE TRIGGER chaos_stall BEFORE UPDATE OF state ON inbox
  WHEN NEW.state <> 'received' BEGIN SELECT RAISE(ABORT, 'stalled by chaos'); END`;

const run = async (context: Run) => {
  const stage = await billingStage(context);
  const random = context.random("webhook-ack");
  const effort = context.quick ? QUICK : FULL;
  const { events } = await tellStory(stage, await stage.join("acks"), effort, random);
  const latencies: number[] = [];
  const refused: number[] = [];
  alter(stage.billing, (db) => db.exec(STALL));
  try {
    await atRate(events, PER_SECOND, async (event, index) => {
      const sent = performance.now();
      const status = await deliver(stage.mesh, stage.secret, event);
      if (status !== 200) refused.push(status);
      if (index >= WARM_UP) latencies.push(performance.now() - sent);
    });
  } finally {
    alter(stage.billing, (db) => db.exec("DROP TRIGGER chaos_stall"));
  }
  if (refused.length > 0) throw new Error(`not acknowledged: ${refused.length}, ${refused[0]}`);
  const sorted = latencies.toSorted((a, b) => a - b);
  context.say(`  ${events.length} acknowledged at ${PER_SECOND}/s while none could be applied`);
  return [
    figure("webhook.ack_p50_ms", median(sorted), context.quick),
    figure("webhook.ack_p99_ms", percentile(sorted, 0.99), context.quick),
  ];
};

/** The answer does not wait for what is done with the event. */
export const webhookAck: Section = {
  ids: ["webhook.ack_p50_ms", "webhook.ack_p99_ms"],
  subject: "billing",
  run,
};
