import { afterAll, beforeAll, expect, it } from "vitest";

import { createRun } from "./run.ts";
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
  expect(figures.map(({ id, holds }) => [id, holds])).toEqual(usage.ids.map((id) => [id, true]));
}, 240_000);
