import { expect, it } from "vitest";

import { createStage, heal } from "../stage.ts";
import { gatewayDoor } from "./gateway-door.ts";
import { limitsOf, runAccuracy } from "./run-accuracy.ts";

/** A small part of what the benchmark runs: each number of isolates, and one object in four is lost. */
const SETTING = { tier: "free", limitScale: 1, isolates: [1, 4], unitsEach: 1 } as const;
const SEEDS = 4;
const LATER_MS = 2 * 3_600_000;

it("one limit behind four gateways is exact, through 12 s of sleep and lost memory", async () => {
  const stage = createStage(
    { sliceMs: 0, turnMs: 0, turns: 0, steadyMs: 0, accounts: 0, seeds: SEEDS },
    Date.now,
  );
  try {
    const gateways = Math.max(...SETTING.isolates);
    const options = { limitScale: SETTING.limitScale, shell: "counting", gateways } as const;
    const count = SEEDS * SETTING.isolates.length;
    const populated = await stage.populate(options, count, SETTING.tier);
    await heal(populated);
    const { mesh, accounts } = populated;
    const start = Date.now() + LATER_MS;
    const result = await runAccuracy(mesh, gatewayDoor(mesh), accounts, SETTING, SEEDS, start);
    expect(result.over).toBe(0);
    expect(result.exact).toBeGreaterThan(limitsOf(SETTING).long.limit * count * 0.7);
    // On a busy machine a decision may come too late to be told, and is then counted all the same.
    expect(result.admitted).toBeGreaterThanOrEqual(result.exact - result.undecided);
  } finally {
    await stage.close();
  }
}, 120_000);
