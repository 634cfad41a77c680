import { startSendGrid } from "@luna/local/sendgrid";

import { startCountedDoor } from "./counted-door.ts";
import { rows } from "./d1-file.ts";
import { grouped } from "./grouped.ts";
import { handOver, intent, intents } from "./intents.ts";
import { atRest } from "./mail-audit.ts";
import { startMailMesh } from "./mail-mesh.ts";
import { pause } from "./provider-event.ts";
import type { Run, Section } from "./run.ts";
import { figure } from "./targets.ts";

/**
 * Twenty probes' time is ten minutes at the thirty seconds between two probes, here in fast motion.
 * Still slower than the sweep, which comes every five seconds and must not become the probe.
 */
const FULL = { mails: 1_000, probeSeconds: 15, probes: 20 };
const QUICK = { mails: 200, probeSeconds: 8, probes: 3 };
/** Mail goes on arriving, and each one would like to try. */
const NEW_MAIL_EVERY_MS = 500;
const API_KEY = "SG.chaos-4f7a90b2c1d8e653";
const HAND_OVER_AT_ONCE = 100;
/** What was under way when the first refusal came is no probe yet. */
const UNDER_WAY_MS = 500;
/** Two probes a whole interval apart may be seen a little closer. */
const SLACK = 0.9;

/** The most calls that came within any stretch of so many milliseconds. */
const busiest = (calls: readonly number[], withinMs: number): number =>
  Math.max(
    0,
    ...calls.map((from) => calls.filter((at) => at >= from && at < from + withinMs).length),
  );

const run = async (context: Run) => {
  const { say } = context;
  const { mails, probeSeconds, probes: time } = context.quick ? QUICK : FULL;
  const arrived = new Map<string, number>();
  const provider = await startSendGrid({
    port: 0,
    apiKey: API_KEY,
    onMail: ({ to }) => {
      for (const address of to) arrived.set(address, (arrived.get(address) ?? 0) + 1);
    },
  });
  context.atEnd(() => provider.close());
  const door = await startCountedDoor(provider.port);
  context.atEnd(() => door.close());
  const fault = (mode: string): Promise<Response> =>
    fetch(`http://127.0.0.1:${provider.port}/emulator/faults`, {
      method: "POST",
      body: JSON.stringify({ mode, rate: 1 }),
    });
  const mesh = await startMailMesh(context, {
    vars: {
      MAIL_TRANSPORT: "sendgrid",
      SENDGRID_API_URL: `http://127.0.0.1:${door.port}`,
      MAIL_PROBE_SECONDS: String(probeSeconds),
    },
    secrets: { SENDGRID_API_KEY: API_KEY },
  });

  await fault("401");
  const wanted = intents("down", mails);
  for (const some of grouped(wanted, HAND_OVER_AT_ONCE)) await handOver(mesh, some);
  const end = Date.now() + time * probeSeconds * 1_000;
  while (Date.now() < end) {
    const late = intent(`late-${wanted.length}`);
    wanted.push(late);
    await handOver(mesh, [late]);
    await pause(NEW_MAIL_EVERY_MS);
  }
  const opened = (door.calls[0] ?? 0) + UNDER_WAY_MS;
  const probes = door.calls.filter((at) => at > opened);
  const atFirst = door.calls.length - probes.length;
  const perProbe = busiest(probes, probeSeconds * 1_000 * SLACK);
  say(
    `  401 for ${time} × ${probeSeconds} s with ${wanted.length} queued: ${atFirst} calls until it opened, then ${probes.length}`,
  );

  await fault("none");
  await atRest(mesh.ledger);
  const states = rows<{ state: string; n: number }>(
    mesh.ledger,
    "SELECT state, count(*) AS n FROM mails GROUP BY state",
  );
  const dead = states.filter(({ state }) => state !== "sent").reduce((sum, { n }) => sum + n, 0);
  const delivered = wanted.filter(({ to }) => (arrived.get(to) ?? 0) > 0).length;
  await mesh.stop();
  return [
    figure("provider_down.attempts", perProbe, context.quick),
    figure("provider_down.dead", dead, context.quick),
    figure("provider_down.delivered_after", delivered / wanted.length, context.quick),
  ];
};

/** A provider that refuses everybody costs no mail anything, and is not pestered. */
export const providerDown: Section = {
  ids: ["provider_down.attempts", "provider_down.dead", "provider_down.delivered_after"],
  subject: "mail",
  lane: "lone",
  run,
};
