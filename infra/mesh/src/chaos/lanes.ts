import type { Figure } from "@luna/bench/figure";

import type { Run, Section } from "./run.ts";

/**
 * What may run side by side: sections of one lane share a mesh. A full run measures speeds, so
 * there everything waits for its turn.
 */
export const lanesOf = (sections: readonly Section[], sideBySide: boolean): Section[][] =>
  sideBySide ? [...Map.groupBy(sections, ({ lane }) => lane).values()] : [[...sections]];

export interface Result {
  figures: Figure[];
  /** Some part could not be run at all. */
  failed: boolean;
}

/**
 * Runs sections one after another and adds what they find to `result`, which can be looked at any time.
 * `whole` prints what a section says only when it is over.
 */
export const runLane = async (
  sections: readonly Section[],
  run: Run,
  whole: boolean,
  result: Result,
): Promise<void> => {
  for (const section of sections) {
    const lines: string[] = [];
    const say = whole ? (line: string) => void lines.push(line) : run.say;
    const started = performance.now();
    say(`\n${section.ids.join(" ")}`);
    try {
      result.figures.push(...(await section.run({ ...run, say })));
    } catch (error) {
      // One part that could not be run must not hide what the others found.
      result.failed = true;
      const why = error instanceof Error ? (error.stack ?? error.message) : "unknown";
      say(`  COULD NOT RUN: ${why}`);
    }
    say(`  (${((performance.now() - started) / 1_000).toFixed(0)} s)`);
    for (const line of lines) run.say(line);
  }
};
