import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";

import { lanesOf, runLane } from "./lanes.ts";
import { SECTIONS } from "./sections.ts";
import { promisesHold, table } from "./report.ts";
import { createRun } from "./run.ts";

const USAGE = "pnpm chaos [--seed N] [--only billing|mail|usage|<id>] [--quick] [--json FILE]";

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    only: { type: "string", default: "" },
    quick: { type: "boolean", default: false },
    json: { type: "string" },
  },
});
const seed = Number(values.seed);
const chosen = SECTIONS.filter(
  ({ subject, ids }) =>
    subject.startsWith(values.only) || ids.some((id) => id.startsWith(values.only)),
);
if (!Number.isSafeInteger(seed) || chosen.length === 0) {
  process.stderr.write(`${USAGE}\n`);
  process.exit(2);
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const run = createRun({ seed, quick: values.quick, say });
for (const name of ["SIGINT", "SIGTERM"] as const)
  process.once(name, () => {
    say(`  stopping (${name})`);
    void run.end().then(() => process.exit(130));
  });

const repeat = `pnpm chaos --seed ${seed}${values.quick ? " --quick" : ""}`;
say(`Luna Mesh chaos, seed ${seed}: real processes, process death (kill -9), not power loss`);
const begun = performance.now();
const results = await Promise.all(
  lanesOf(chosen, values.quick).map((lane) => runLane(lane, run, values.quick)),
);
const figures = results.flatMap((result) => result.figures);
const failed = results.some((result) => result.failed);
await run.end();

say("");
for (const line of table(figures)) say(line);
say(`\nseed ${seed}, ${((performance.now() - begun) / 1_000).toFixed(0)} s; again: ${repeat}`);
say("process death (kill -9), not power loss");
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(figures, null, 2)}\n`);
process.exit(!failed && promisesHold(figures) ? 0 : 1);
