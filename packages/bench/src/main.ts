import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { parseArgs } from "node:util";

import type { Figure } from "./figure.ts";
import { connections } from "./rows/connections.ts";
import { cost } from "./rows/cost.ts";
import { limiter } from "./rows/limiter.ts";
import { mix } from "./rows/mix.ts";
import { read } from "./rows/read.ts";
import type { Section } from "./rows/section.ts";
import { signIn } from "./rows/sign-in.ts";
import { write } from "./rows/write.ts";
import { createStage, type Effort } from "./stage.ts";

const SECTIONS: readonly Section[] = [read, write, mix, connections, signIn, cost, limiter];

const FULL: Effort = {
  sliceMs: 5_000,
  turnMs: 300,
  turns: 14,
  steadyMs: 6_000,
  accounts: 1_000,
  seeds: 20,
};
/** Enough to see that every row runs; too little to quote. */
const QUICK: Effort = {
  sliceMs: 1_000,
  turnMs: 200,
  turns: 3,
  steadyMs: 2_000,
  accounts: 100,
  seeds: 2,
};

const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    only: { type: "string", default: "" },
    json: { type: "string" },
  },
});

const print = (line: string): void => void process.stdout.write(`${line}\n`);
const shown = ({ value }: Figure): string =>
  Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3);
const mark = ({ holds }: Figure): string => (holds === null ? "" : holds ? "holds" : "MISSED");

const stage = createStage(values.quick ? QUICK : FULL, Date.now);
const figures: Figure[] = [];
print(`Luna Mesh bench on ${cpus().length} × ${cpus()[0]?.model ?? "unknown processor"}`);
try {
  for (const section of SECTIONS) {
    if (!section.ids.some((id) => id.startsWith(values.only))) continue;
    const started = performance.now();
    print(`\n${section.ids.join(" ")}`);
    figures.push(...(await section.run(stage, print)));
    print(`  (${((performance.now() - started) / 1_000).toFixed(1)} s)`);
  }
} finally {
  await stage.close();
}

print("");
for (const result of figures.filter(({ id }) => !id.startsWith("row.")))
  print(
    `${result.id.padEnd(36)}${shown(result).padStart(10)} ${result.unit.padEnd(12)}${(result.target ?? "").padEnd(10)}${mark(result)}`,
  );
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(figures, null, 2)}\n`);
