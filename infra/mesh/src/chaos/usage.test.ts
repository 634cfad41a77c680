import { afterAll, beforeAll, expect, it } from "vitest";

import { createRun } from "./run.ts";
import { isSpeed } from "./targets.ts";
import { usage } from "./usage.ts";

const lines: string[] = [];
let run: ReturnType<typeof createRun>;
beforeAll(() => {
  run = createRun({ seed: 1, quick: true, say: (line) => void lines.push(line) });
});
afterAll(() => run.end());

/** Three kills of a real process here; `pnpm chaos --only usage` does twenty, and an outage. */
it("usage counts what was acknowledged through kill -9, and reaches its database", async () => {
  const figures = await usage.run(run);
  expect(figures.map(({ id }) => id)).toEqual(usage.ids);
  // How soon it reaches the database is a matter of the machine, that it does is not.
  expect(figures.filter(({ id, holds }) => holds !== true && !isSpeed(id))).toEqual([]);
}, 600_000);
