import { figure, type Figure } from "../figure.ts";
import type { Compared } from "../load/in-turns.ts";

const column = (value: number, digits: number): string => value.toFixed(digits).padStart(9);

/** A table of what was compared: throughput, latencies and every status that came. */
export const printRows = (rows: Iterable<Compared>, print: (line: string) => void): void => {
  print(
    `  ${"row".padEnd(28)}${"per s".padStart(9)}${"p50 ms".padStart(9)}${"p99 ms".padStart(9)}`,
  );
  for (const { name, perSecond, p50Ms, p99Ms, statuses } of rows)
    print(
      `  ${name.padEnd(28)}${column(perSecond, 0)}${column(p50Ms, 2)}${column(p99Ms, 2)}  ${JSON.stringify(statuses)}`,
    );
};

/** What the ratios were made from. */
export const rowFigures = (rows: Iterable<Compared>): Figure[] =>
  [...rows].flatMap(({ name, perSecond, p50Ms, p99Ms }) => [
    figure(`row.${name}.per_s`, perSecond, "per s"),
    figure(`row.${name}.p50_ms`, p50Ms, "ms"),
    figure(`row.${name}.p99_ms`, p99Ms, "ms"),
  ]);
