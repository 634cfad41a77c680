import { percentile } from "@luna/bench/statistics";

import { atRate } from "./at-rate.ts";
import { rows } from "./d1-file.ts";
import { grouped } from "./grouped.ts";
import { handOver, intents } from "./intents.ts";
import { atRest } from "./mail-audit.ts";
import { startMailMesh } from "./mail-mesh.ts";
import type { Run, Section } from "./run.ts";
import { startSink } from "./sink.ts";
import { figure } from "./targets.ts";

const FULL = { mails: 3_000, accepts: 1_000 };
const QUICK = { mails: 200, accepts: 150 };
/** Hand-overs of one mail each, as a sign-up makes them. */
const ACCEPTS_PER_SECOND = 50;
const AT_ONCE = 100;
const WARM_UP = 50;

const run = async (context: Run) => {
  const { say } = context;
  const effort = context.quick ? QUICK : FULL;
  const sink = await startSink(context);
  const mesh = await startMailMesh(context, {
    vars: { MAIL_TRANSPORT: "smtp", SMTP_URL: `smtp://127.0.0.1:${sink.smtpPort}` },
  });
  const latencies: number[] = [];
  await atRate(intents("accept", effort.accepts), ACCEPTS_PER_SECOND, async (one, index) => {
    const fed = await mesh.feed([one]);
    if (index >= WARM_UP) latencies.push(fed?.ms ?? Number.NaN);
  });
  await atRest(mesh.ledger);

  const wanted = intents("speed", effort.mails);
  const begun = Date.now();
  for (const some of grouped(wanted, AT_ONCE)) await handOver(mesh, some);
  await atRest(mesh.ledger);
  const [last] = rows<{ at: number }>(mesh.ledger, "SELECT MAX(ended_at) AS at FROM mails");
  await mesh.stop();
  const seconds = ((last?.at ?? Number.NaN) - begun) / 1_000;
  say(`  ${effort.mails} mails accepted and delivered in ${seconds.toFixed(1)} s`);
  const sorted = latencies.toSorted((a, b) => a - b);
  return [
    figure("mail.per_s", effort.mails / seconds, context.quick),
    figure("mail.accept_p99_ms", percentile(sorted, 0.99), context.quick),
  ];
};

/** How fast mail is accepted, and how fast it leaves. */
export const mailSpeed: Section = {
  ids: ["mail.per_s", "mail.accept_p99_ms"],
  subject: "mail",
  lane: "lone",
  run,
};
