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
  /** Throughput turn by turn, for ratios between rows of the same turn. */
  turns: number[];
}

/** How many unmeasured slices come first: code is compiled and objects are awake by then. */
const WARM_UPS = 1;

const addStatuses = (all: readonly Measured[]): Record<number, number> => {
  const sum: Record<number, number> = {};
  for (const { statuses } of all)
    for (const [status, count] of Object.entries(statuses))
      sum[Number(status)] = (sum[Number(status)] ?? 0) + count;
  return sum;
};

/**
 * Measures the rows A B C A B C …, so that whatever else the machine does falls on all of them
 * alike. Every number is the median of the turns.
 */
export const inTurns = async (
  rows: readonly Row[],
  turns: number,
): Promise<Map<string, Compared>> => {
  const slices = new Map<string, Measured[]>(rows.map(({ name }) => [name, []]));
  for (let turn = -WARM_UPS; turn < turns; turn += 1)
    for (const { name, slice } of rows) {
      const measured = await slice();
      if (turn >= 0) slices.get(name)?.push(measured);
    }
  return new Map(
    [...slices].map(([name, all]) => [
      name,
      {
        name,
        perSecond: median(all.map(({ perSecond }) => perSecond)),
        p50Ms: median(all.map(({ p50Ms }) => p50Ms)),
        p95Ms: median(all.map(({ p95Ms }) => p95Ms)),
        p99Ms: median(all.map(({ p99Ms }) => p99Ms)),
        statuses: addStatuses(all),
        turns: all.map(({ perSecond }) => perSecond),
      },
    ]),
  );
};

/** How many times the throughput of `base` a row has: the median over turns of the ratio within each. */
export const ratio = (row: Compared | undefined, base: Compared | undefined): number =>
  median((row?.turns ?? []).map((value, turn) => value / (base?.turns[turn] ?? Number.NaN)));
