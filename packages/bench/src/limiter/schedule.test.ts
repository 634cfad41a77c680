import { expect, it } from "vitest";

import { seededRandom } from "../random.ts";
import { createExactLog } from "./exact-log.ts";
import { adversary } from "./schedule.ts";

const HOUR = { limit: 1_000, windowMs: 3_600_000 };
const BURST = { limit: 100, windowMs: 10_000 };

it("is the same for the same seed and another for another", () => {
  const of = (seed: number) => adversary(HOUR, BURST, seededRandom(seed), true);
  expect(of(1)).toEqual(of(1));
  expect(of(1)).not.toEqual(of(2));
});

it("asks for more than the long window has, however weak its bursts are", () => {
  const weak = adversary(HOUR, BURST, () => 0, false);
  const admit = createExactLog([HOUR, BURST]);
  let admitted = 0;
  for (const { at, units } of weak.filter((phase) => phase.at < HOUR.windowMs - 1))
    for (let unit = 0; unit < units; unit += 1) if (admit(at, 1)) admitted += 1;
  expect(admitted).toBe(HOUR.limit);
});

it("comes back just before the first burst leaves the window, and as it does", () => {
  const phases = adversary(HOUR, BURST, seededRandom(3), false);
  const first = phases[0]?.at ?? 0;
  const times = phases.map(({ at }) => at - first);
  expect(times).toContain(HOUR.windowMs - 1);
  expect(times).toContain(HOUR.windowMs);
});

it("lets objects lose their memory only where it is told to", () => {
  const aborting = (aborts: boolean) =>
    adversary(HOUR, BURST, seededRandom(4), aborts).filter(({ abort }) => abort).length;
  expect(aborting(true)).toBe(1);
  expect(aborting(false)).toBe(0);
});
