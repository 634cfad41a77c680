import { expect, it } from "vitest";

import type { Measured } from "./drive.ts";
import { inTurns, ratio } from "./in-turns.ts";

const measured = (perSecond: number): Measured => ({
  requests: perSecond,
  perSecond,
  p50Ms: 1,
  p95Ms: 1,
  p99Ms: 1,
  maxMs: 1,
  statuses: { 200: perSecond },
});

it("measures the rows in turns and leaves the warm-up out", async () => {
  const order: string[] = [];
  const row = (name: string, values: number[]) => ({
    name,
    slice: () => {
      order.push(name);
      return Promise.resolve(measured(values.shift() ?? 0));
    },
  });
  const rows = await inTurns([row("a", [999, 10, 40, 20]), row("b", [999, 5, 10, 40])], 3);
  expect(order).toEqual(["a", "b", "a", "b", "a", "b", "a", "b"]);
  expect(rows.get("a")).toMatchObject({ perSecond: 20, statuses: { 200: 70 } });
  // Turn by turn 2, 4 and 0.5 times: noise that hits one turn moves no other.
  expect(ratio(rows.get("a"), rows.get("b"))).toBe(2);
});
