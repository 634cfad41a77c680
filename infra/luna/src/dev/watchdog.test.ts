import { expect, it } from "vitest";

import { missCounter } from "./watchdog.ts";

it("asks for a restart after three silences in a row, and counts anew after it", () => {
  const wedged = missCounter(3);
  expect([wedged("silent"), wedged("silent"), wedged("silent")]).toEqual([false, false, true]);
  expect([wedged("silent"), wedged("silent"), wedged("silent")]).toEqual([false, false, true]);
});

it("takes any answer for a living front", () => {
  const wedged = missCounter(2);
  expect([wedged("silent"), wedged("unhealthy"), wedged("silent")]).toEqual([false, false, false]);
});
