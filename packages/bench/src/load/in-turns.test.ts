import { expect, it } from "vitest";

import type { Measured } from "./drive.ts";
import { inTurns, ratio } from "./in-turns.ts";

/** Of one second, or what `seconds` says. */
const measured = (requests: number, seconds = 1): Measured => ({
  requests,
  perSecond: requests / seconds,
  p50Ms: 1,
  p95Ms: 1,
  p99Ms: 1,
  maxMs: 1,
  statuses: { 200: requests },
});

it("measures the rows in turns and leaves the warm-up out", async () => {
  const order: string[] = [];
  const row = (name: string, values: Measured[]) => ({
    name,
    slice: () => {
      order.push(name);
      return Promise.resolve(values.shift() ?? measured(0));
    },
  });
  const warmUp = measured(999);
  const rows = await inTurns(
    [
      row("a", [warmUp, measured(10), measured(40), measured(10, 2)]),
      row("b", [warmUp, measured(5), measured(5), measured(20)]),
    ],
    3,
  );
  expect(order).toEqual(["a", "b", "a", "b", "a", "b", "a", "b"]);
  // A turn that took twice as long weighs twice.
  expect(rows.get("a")).toMatchObject({ perSecond: 15, statuses: { 200: 60 } });
  expect(ratio(rows.get("a"), rows.get("b"))).toBe(1.5);
});
