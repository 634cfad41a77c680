import { median } from "@luna/bench/statistics";
import type { MailSink } from "@luna/local/mail-sink";

import { atRate } from "./at-rate.ts";
import { rows } from "./d1-file.ts";
import { grouped } from "./grouped.ts";
import { handOver, intents } from "./intents.ts";
import { atRest, auditMail, type MailAudit } from "./mail-audit.ts";
import { type MailMesh, startMailMesh } from "./mail-mesh.ts";
import { startSink } from "./sink.ts";
import { pause } from "./provider-event.ts";
import type { Run, Section } from "./run.ts";
import { figure } from "./targets.ts";

const FULL = { mails: 5_000, calm: 1_000, seeds: 10 };
const QUICK = { mails: 300, calm: 40, seeds: 1 };
/** Faults of the sink: those that leave the outcome unknown, and those that do not. */
const CLEAR = ["refuse", "421", "451", "550", "slow"] as const;
const CUTS = ["cut-before-250", "cut-after-250"] as const;
const FAULT_EVERY_MS = 700;
/** Kills come 2 to 5 s after one another. */
const KILL_AFTER_MS = 2_000;
const KILL_SPREAD_MS = 3_000;
/**
 * Seen once in some hundred kills: the workerd that wrangler starts next listens, waits for ever and
 * takes no connection. No answer for so long is that, and no slow machine.
 */
const HUNG_MS = 20_000;
/** Longer, and the audit tells what is missing. */
const UP_LIMIT_MS = 300_000;
/** Retries within seconds, and enough of them that bad weather alone kills no mail. */
const BACKOFF = "[1,1,2,2,4,4,4,8,8,8,8,8]";
const HAND_OVER_AT_ONCE = 10;
const HAND_OVERS_PER_SECOND = 10;
/** Outboxes that hand over at the same time. */
const OUTBOXES = 10;

const setFault = async (sink: MailSink, mode: string, rate: number): Promise<void> => {
  await fetch(`http://127.0.0.1:${sink.httpPort}/api/faults`, {
    method: "POST",
    body: JSON.stringify({ mode, rate }),
  });
};

/** Changes the weather until it is told to stop; then the sky is clear. */
const weather = (sink: MailSink, modes: readonly string[], random: () => number) => {
  const over = new AbortController();
  const blow = async (): Promise<void> => {
    while (!over.signal.aborted) {
      const mode = modes[Math.floor(random() * modes.length)] ?? "none";
      await setFault(sink, mode, 0.1 + 0.4 * random());
      await pause(FAULT_EVERY_MS);
    }
    await setFault(sink, "none", 0);
  };
  const done = blow();
  return async (): Promise<void> => {
    over.abort();
    await done;
  };
};

/** Kills until it is told to stop, and answers when. The mailer is up again by then. */
const killer = (mesh: MailMesh, random: () => number) => {
  const over = new AbortController();
  const times: number[] = [];
  let upAt = Date.now();
  const kill = (): void => {
    if (mesh.kill()) times.push(Date.now());
    upAt = Date.now();
  };
  /** Ends what hangs, as the watchdog of `npm start` does; whether it answers now. */
  const isUp = async (): Promise<boolean> => {
    const up = await mesh.isUp();
    if (up) upAt = Date.now();
    else if (Date.now() - upAt > HUNG_MS) kill();
    return up;
  };
  const strike = async (): Promise<void> => {
    while (!over.signal.aborted) {
      await pause(KILL_AFTER_MS + KILL_SPREAD_MS * random());
      // Killed before it is up again it would never do anything that could go wrong.
      if (!over.signal.aborted && (await isUp())) kill();
    }
    const end = Date.now() + UP_LIMIT_MS;
    while (!(await isUp()) && Date.now() < end) await pause(KILL_AFTER_MS);
  };
  const done = strike();
  return async (): Promise<number[]> => {
    over.abort();
    await done;
    return times;
  };
};

/** Seconds from each kill to the first mail that was taken up and delivered after it. */
const recoveries = (ledger: string, kills: readonly number[]): number[] =>
  kills.flatMap((at) => {
    const [next] = rows<{ at: number | null }>(
      ledger,
      "SELECT MIN(ended_at) AS at FROM attempts WHERE class = 'sent' AND started_at > ?",
      at,
    );
    const delivered = next?.at ?? null;
    return delivered === null ? [] : [(delivered - at) / 1_000];
  });

interface Outcome {
  audit: MailAudit;
  recoveries: number[];
  kills: number;
}

const storm = async (
  run: Run,
  name: string,
  { mails, modes, kills }: { mails: number; modes: readonly string[]; kills: boolean },
): Promise<Outcome> => {
  const sink = await startSink(run);
  const mesh = await startMailMesh(run, {
    vars: {
      MAIL_TRANSPORT: "smtp",
      SMTP_URL: `smtp://127.0.0.1:${sink.smtpPort}`,
      MAIL_BACKOFF: BACKOFF,
    },
    hintsDropped: true,
  });
  const wanted = intents(name, mails);
  const clear = weather(sink, modes, run.random(`${name}-weather`));
  const cease = kills ? killer(mesh, run.random(`${name}-kills`)) : null;
  // Meanwhile, so that kills hit hand-overs too; a hand-over that was cut off is repeated.
  const groups = grouped(wanted, HAND_OVER_AT_ONCE);
  await atRate(groups, HAND_OVERS_PER_SECOND, (some) => handOver(mesh, some), OUTBOXES);
  await pause(2 * KILL_AFTER_MS);
  const killed = (await cease?.()) ?? [];
  await clear();
  await atRest(mesh.ledger);
  const audit = await auditMail(mesh.ledger, sink.httpPort, wanted);
  const recovered = recoveries(mesh.ledger, killed);
  await mesh.stop();
  return { audit, recoveries: recovered, kills: killed.length };
};

const run = async (context: Run) => {
  const { say } = context;
  const effort = context.quick ? QUICK : FULL;
  const outcomes: Outcome[] = [];
  for (let round = 0; round < effort.seeds; round += 1) {
    const modes = [...CLEAR, ...CUTS];
    const outcome = await storm(context, `storm${round}`, {
      mails: effort.mails,
      modes,
      kills: true,
    });
    const { audit, kills } = outcome;
    const states = Object.entries(audit.byState).map(([state, n]) => `${n} ${state}`);
    say(`  ${effort.mails} mails, ${kills} kills: ${states.join(", ")};`);
    say(`  ${audit.explainedDuplicates} came twice after an attempt of unknown outcome;`);
    say(`  ${audit.lost} lost, ${audit.unexplainedDuplicates} twice unexplained,`);
    say(
      `  ${audit.unbalanced} unbalanced; up again after ${median(outcome.recoveries).toFixed(1)} s`,
    );
    outcomes.push(outcome);
  }
  // Without kills and cut lines every outcome is known, so nothing may come twice at all.
  const calm = await storm(context, "calm", { mails: effort.calm, modes: CLEAR, kills: false });
  say(
    `  ${effort.calm} mails without kills or cut lines: ${calm.audit.explainedDuplicates} came twice`,
  );
  const audits = [...outcomes.map(({ audit }) => audit), calm.audit];
  const sum = (of: (audit: MailAudit) => number): number =>
    audits.reduce((total, audit) => total + of(audit), 0);
  const { quick } = context;
  return [
    figure(
      "mail.lost",
      sum(({ lost }) => lost),
      quick,
    ),
    figure(
      "mail.unexplained_duplicates",
      sum(({ unexplainedDuplicates: n }) => n) + calm.audit.explainedDuplicates,
      quick,
    ),
    figure(
      "mail.unbalanced",
      sum(({ unbalanced }) => unbalanced),
      quick,
    ),
    figure("mail.recovery_median_s", median(outcomes.flatMap((one) => one.recoveries)), quick),
  ];
};

/** Every accepted mail ends, explained, and comes twice only where nobody could know. */
export const mailKills: Section = {
  ids: ["mail.lost", "mail.unexplained_duplicates", "mail.unbalanced", "mail.recovery_median_s"],
  subject: "mail",
  lane: "lone",
  run,
};
