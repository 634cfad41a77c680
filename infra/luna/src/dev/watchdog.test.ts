import { expect, it } from "vitest";

import { missCounter, tellsOfAnswer } from "./watchdog.ts";

it("asks for a restart after three silences in a row, and counts anew after it", () => {
  const wedged = missCounter(3);
  expect([wedged("silent"), wedged("silent"), wedged("silent")]).toEqual([false, false, true]);
  expect([wedged("silent"), wedged("silent"), wedged("silent")]).toEqual([false, false, true]);
});

it("takes any answer for a living front", () => {
  const wedged = missCounter(2);
  expect([wedged("silent"), wedged("unhealthy"), wedged("silent")]).toEqual([false, false, false]);
});

it("leaves a front alone that is too busy for us but answers others", () => {
  const wedged = missCounter(2);
  expect([1, 2, 3, 4].map((answers) => wedged("silent", answers))).not.toContain(true);
  expect([4, 4].map((answers) => wedged("silent", answers))).toEqual([false, true]);
});

it("knows an answer of the gateway in the log, and no other line", () => {
  const line = (service: string, message: string) =>
    `[${service}] {"level":"info","message":"${message}","service":"${service}","path":"/v1/me"}`;
  expect(tellsOfAnswer(line("gateway", "request"))).toBe(true);
  expect(tellsOfAnswer(line("users", "request"))).toBe(false);
  expect(tellsOfAnswer(line("gateway", "misconfigured"))).toBe(false);
});
