import { median, percentile } from "@luna/bench/statistics";

import { billingStage } from "./billing-stage.ts";
import { alter } from "./d1-file.ts";
import { offer } from "./offer.ts";
import { deliverSurely, lastWords, type ProviderEvent } from "./provider-event.ts";
import type { Run, Section } from "./run.ts";
import { tellStory } from "./story.ts";
import { figure } from "./targets.ts";

/** Two minutes of deliveries that nobody can apply. */
const FULL = { events: 12_000, subscriptions: 10, perSecond: 100, limitMs: 300_000 };
const QUICK = { events: 300, subscriptions: 2, perSecond: 50, limitMs: 60_000 };
const SECOND_MS = 100;
/** The first answers of a cold isolate say nothing about a processor that stands still. */
const WARM_UP = 100;

/** From now on no event can be marked as applied, parked or anything else. */
const STALL = `CREATE TRIGGER chaos_stall BEFORE UPDATE OF state ON inbox
  WHEN NEW.state <> 'received' BEGIN SELECT RAISE(ABORT, 'stalled by chaos'); END`;

const run = async (context: Run) => {
  const { say } = context;
  const stage = await billingStage(context);
  const random = context.random("webhook-ack");
  const effort = context.quick ? QUICK : FULL;
  const { events } = await tellStory(stage, await stage.join("acks"), effort, random);
  const latencies: number[] = [];
  const provider = {
    url: stage.mesh.url,
    secret: () => stage.secret,
    perSecond: effort.perSecond,
    secondMs: SECOND_MS,
  };
  const heard = new Set<ProviderEvent>();
  alter(stage.billing, (db) => db.exec(STALL));
  try {
    const { acked, seconds } = await offer(events, {
      ...provider,
      limitMs: effort.limitMs,
      onAck: (_event, ms) => latencies.push(ms),
    });
    for (const event of acked) heard.add(event);
    const rate = (acked.length / seconds).toFixed(0);
    say(`  ${acked.length} of ${events.length} acknowledged while none could be applied,`);
    say(`  ${rate}/s of ${effort.perSecond}/s offered`);
  } finally {
    alter(stage.billing, (db) => db.exec("DROP TRIGGER chaos_stall"));
  }
  // The story has to end as the provider tells it, for whatever compares them later.
  for (const event of lastWords(events))
    if (!heard.has(event)) await deliverSurely(stage.mesh, stage.secret, event);
  const sorted = latencies.slice(WARM_UP).toSorted((a, b) => a - b);
  const [p50, p99] = [median(sorted), percentile(sorted, 0.99)];
  say(`  p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`);
  return [
    figure("webhook.ack_p50_ms", p50, context.quick),
    figure("webhook.ack_p99_ms", p99, context.quick),
  ];
};

/** The answer does not wait for what is done with the event. */
export const webhookAck: Section = {
  ids: ["webhook.ack_p50_ms", "webhook.ack_p99_ms"],
  subject: "billing",
  lane: "mesh",
  run,
};
