import { median } from "../statistics.ts";
import type { Measured } from "./drive.ts";

/** One line of the comparison: `slice` measures it for a moment. */
export interface Row {
  name: string;
  slice: () => Promise<Measured>;
}

export interface Compared {
  name: string;
  perSecond: number;
  p50Ms: number;
  p95Ms: number;
  p99Ms: number;
  statuses: Record<number, number>;
}

/** How many unmeasured slices come first unless a section says more: code is compiled and objects are awake by then. */
const WARM_UPS = 1;

const addStatuses = (all: readonly Measured[]): Record<number, number> => {
  const sum: Record<number, number> = {};
  for (const { statuses } of all)
    for (const [status, count] of Object.entries(statuses))
      sum[Number(status)] = (sum[Number(status)] ?? 0) + count;
  return sum;
};

/**
 * All requests over all the time they took. No median: whoever has to collect garbage does so in one
 * turn out of several, and it is theirs.
 */
const throughput = (all: readonly Measured[]): number => {
  const requests = all.reduce((sum, each) => sum + each.requests, 0);
  return requests / all.reduce((sum, each) => sum + each.requests / each.perSecond, 0);
};

/**
 * Measures the rows A B C A B C …, so that whatever else the machine does falls on all of them
 * alike. Latencies are the medians of the turns.
 */
export const inTurns = async (
  rows: readonly Row[],
  turns: number,
  warmUps = WARM_UPS,
): Promise<Map<string, Compared>> => {
  const slices = new Map<string, Measured[]>(rows.map(({ name }) => [name, []]));
  for (let turn = -warmUps; turn < turns; turn += 1)
    for (const { name, slice } of rows) {
      const measured = await slice();
      if (turn >= 0) slices.get(name)?.push(measured);
    }
  return new Map(
    [...slices].map(([name, all]) => [
      name,
      {
        name,
        perSecond: throughput(all),
        p50Ms: median(all.map(({ p50Ms }) => p50Ms)),
        p95Ms: median(all.map(({ p95Ms }) => p95Ms)),
        p99Ms: median(all.map(({ p99Ms }) => p99Ms)),
        statuses: addStatuses(all),
      },
    ]),
  );
};

/** How many times the throughput of `base` a row has. */
export const ratio = (row: Compared | undefined, base: Compared | undefined): number =>
  (row?.perSecond ?? Number.NaN) / (base?.perSecond ?? Number.NaN);
