import type { Figure } from "@luna/bench/figure";

import { isSpeed } from "./targets.ts";

const shown = ({ value }: Figure): string =>
  Number.isInteger(value) ? String(value) : value.toFixed(value < 10 ? 2 : 1);

/** A figure about speed says how fast this machine is, so it is never called a failure. */
const verdict = ({ id, holds }: Figure): string =>
  holds === true ? "holds" : isSpeed(id) ? "slow here" : "BROKEN";

/** Whether every promise held. Speeds are reported and decide nothing. */
export const promisesHold = (figures: readonly Figure[]): boolean =>
  figures.every(({ id, holds }) => holds === true || isSpeed(id));

/** The table of a run, within 80 columns. */
export const table = (figures: readonly Figure[]): string[] => [
  `${"id".padEnd(30)}${"value".padStart(10)} ${"unit".padEnd(14)}${"target".padEnd(12)}`,
  ...figures.map((one) =>
    [
      one.id.padEnd(30),
      shown(one).padStart(10),
      ` ${one.unit.padEnd(14)}`,
      (one.target ?? "").padEnd(12),
      verdict(one),
    ].join(""),
  ),
];
