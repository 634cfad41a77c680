import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";

import type { Figure } from "@luna/bench/figure";

import { chosenOf, partsOf, unknownIn } from "./choose.ts";
import { lanesOf, runLane, type Result } from "./lanes.ts";
import { SECTIONS } from "./sections.ts";
import { promisesHold, table } from "./report.ts";
import { createRun } from "./run.ts";

const USAGE = `pnpm chaos [--seed N] [--only NAMES] [--quick] [--json FILE]

Kills, drops, shuffles and forges, then says what was lost. Real processes; process
death (kill -9), not power loss. Everything takes an hour or two on two cores;
--quick does all of it in two minutes, with few of each.

  --seed N      the same draws again (1)
  --only NAMES  subjects (billing, mail, usage) or how ids begin, by commas
  --quick       every part, few of each; speeds are told and decide nothing
  --json FILE   the figures as [{id, value, unit, target, holds}]

Parts:
`;

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    only: { type: "string", default: "" },
    quick: { type: "boolean", default: false },
    json: { type: "string" },
    help: { type: "boolean", short: "h", default: false },
  },
});
if (values.help) {
  process.stdout.write(`${USAGE}${partsOf(SECTIONS).join("\n")}\n`);
  process.exit(0);
}
const seed = Number(values.seed);
const chosen = chosenOf(SECTIONS, values.only);
const unknown = unknownIn(SECTIONS, values.only);
if (!Number.isSafeInteger(seed) || unknown.length > 0) {
  process.stderr.write(`${unknown.map((name) => `No part is called ${name}.\n`).join("")}${USAGE}`);
  process.stderr.write(`${partsOf(SECTIONS).join("\n")}\n`);
  process.exit(2);
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const run = createRun({ seed, quick: values.quick, say });
const result: Result = { figures: [], failed: false };

/** Whichever lane was first, figures are told in the order of their parts. */
const tell = (): void => {
  const partOf = ({ id }: Figure): number => chosen.findIndex(({ ids }) => ids.includes(id));
  const figures = result.figures.toSorted((a, b) => partOf(a) - partOf(b));
  say("");
  for (const line of table(figures)) say(line);
  if (values.json !== undefined)
    writeFileSync(values.json, `${JSON.stringify(figures, null, 2)}\n`);
};

for (const name of ["SIGINT", "SIGTERM"] as const)
  process.once(name, () => {
    say(`  stopping (${name})`);
    tell();
    void run.end().then(() => process.exit(130));
  });

// Whatever fails where nobody waits for it must not take the other parts' findings with it.
process.on("unhandledRejection", (error) => {
  result.failed = true;
  say(`  FAILED ASIDE: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
});

const part = values.only === "" ? "" : ` --only ${values.only}`;
const repeat = `pnpm chaos --seed ${seed}${part}${values.quick ? " --quick" : ""}`;
say(`Luna Mesh chaos, seed ${seed}: real processes, process death (kill -9), not power loss`);
const begun = performance.now();
await Promise.all(
  lanesOf(chosen, values.quick).map((lane) => runLane(lane, run, values.quick, result)),
);
await run.end();

tell();
say(`\nseed ${seed}, ${((performance.now() - begun) / 1_000).toFixed(0)} s; again: ${repeat}`);
say("process death (kill -9), not power loss");
if (result.failed) say("A part could not be run: see above.");
process.exit(!result.failed && promisesHold(result.figures) ? 0 : 1);
