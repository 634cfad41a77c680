import type { Figure } from "../figure.ts";
import type { Stage } from "../stage.ts";

/** One part of a run. */
export interface Section {
  /** Ids of the figures it gives; a run asks for sections by prefixes of these. */
  ids: readonly string[];
  run: (stage: Stage, print: (line: string) => void) => Promise<Figure[]>;
}
