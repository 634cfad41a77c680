import { createExactLog, worstWindow, type WindowLimit } from "./exact-log.ts";

/** What was asked at one moment, and what of it was admitted. */
export interface Outcome {
  at: number;
  /** Requests asked, of `unitsEach`. */
  asked: number;
  admitted: number;
}

export interface Verdict {
  /** Units beyond a limit in its worst rolling window, over all limits. */
  over: number;
  admitted: number;
  /** Requests an exact log would have admitted of the same ones. */
  exact: number;
}

/** Holds what one credential got against every limit it is under. */
export const judge = (
  outcomes: readonly Outcome[],
  limits: readonly WindowLimit[],
  unitsEach: number,
): Verdict => {
  const ordered = outcomes.toSorted((a, b) => a.at - b.at);
  const hits = ordered.map(({ at, admitted }) => ({ at, units: admitted * unitsEach }));
  const exactly = createExactLog(limits);
  let exact = 0;
  for (const { at, asked } of ordered)
    for (let request = 0; request < asked; request += 1) if (exactly(at, unitsEach)) exact += 1;
  return {
    over: limits.reduce(
      (sum, { limit, windowMs }) => sum + Math.max(0, worstWindow(hits, windowMs) - limit),
      0,
    ),
    admitted: ordered.reduce((sum, { admitted }) => sum + admitted, 0),
    exact,
  };
};
