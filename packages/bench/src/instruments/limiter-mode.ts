/** `real`: as built. `hung`: no object ever answers. `half hung`: every second question to a Subject. */
export type LimiterMode = "real" | "hung" | "half hung";

let mode: LimiterMode = "real";
let calls = 0;

export const setLimiterMode = (next: LimiterMode): void => {
  mode = next;
  calls = 0;
};

/** Longer than anybody waits. */
const FOR_EVER_MS = 86_400_000;

/** What happens instead of a call of this name; `null` lets the call happen. */
export const standIn = (name: string): (() => Promise<unknown>) | null => {
  if (name === "admit") calls += 1;
  const isSecond = name === "admit" && calls % 2 === 0;
  const hangs = mode === "hung" || (mode === "half hung" && isSecond);
  // Something is under way, as it would be: a request that waits for nothing at all is ended by the runtime.
  return hangs ? () => new Promise((done) => setTimeout(done, FOR_EVER_MS)) : null;
};
