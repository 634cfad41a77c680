import { createRun } from "./run.ts";
import { startMailMesh } from "./mail-mesh.ts";
import { startSink } from "./sink.ts";
import { intents, grouped, handOver } from "./intents.ts";
import { atRest } from "./mail-audit.ts";
import { atRate } from "./at-rate.ts";
import { rows } from "./d1-file.ts";
const run = createRun({ seed: 1, quick: true, say: console.log });
const sink = await startSink(run);
const mesh = await startMailMesh(run, {
  vars: { MAIL_TRANSPORT: "smtp", SMTP_URL: `smtp://127.0.0.1:${sink.smtpPort}` },
  hintsDropped: process.argv[2] === "nohints",
});
try {
  const lat: number[] = [];
  const rate = Number(process.argv[3] ?? 50);
  const t0 = Date.now();
  await atRate(intents("accept", 400), rate, async (one, i) => {
    const fed = await mesh.feed([one]);
    lat.push(fed?.ms ?? NaN);
  });
  console.log("accept wall", Date.now() - t0);
  await atRest(mesh.ledger, 60000);
  const s = lat.slice(50).toSorted((a, b) => a - b);
  console.log(
    "p50",
    s[Math.floor(s.length * 0.5)],
    "p90",
    s[Math.floor(s.length * 0.9)],
    "p99",
    s[Math.floor(s.length * 0.99)],
    "max",
    s.at(-1),
  );
  const lag = rows<{ l: number }>(mesh.ledger, "SELECT ended_at - accepted_at AS l FROM mails")
    .map(({ l }) => l)
    .toSorted((a, b) => a - b);
  console.log("delivery lag p50", lag[200], "p99", lag[396]);
  const wanted = intents("speed", 2000);
  const begun = Date.now();
  for (const some of grouped(wanted, 100)) await handOver(mesh, some);
  console.log("handed over", Date.now() - begun);
  await atRest(mesh.ledger, 120000);
  const [last] = rows<{ at: number }>(mesh.ledger, "SELECT MAX(ended_at) AS at FROM mails");
  console.log("per s", 2000 / ((last!.at - begun) / 1000));
} finally {
  await run.end();
}
