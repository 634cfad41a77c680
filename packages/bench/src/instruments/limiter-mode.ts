/** `real`: as built. `hung`: no Subject ever answers. `half hung`: every second call is never answered. */
export type LimiterMode = "real" | "hung" | "half hung";

let mode: LimiterMode = "real";
let calls = 0;

export const setLimiterMode = (next: LimiterMode): void => {
  mode = next;
  calls = 0;
};

/** Longer than anybody waits. */
const FOR_EVER_MS = 86_400_000;

/** What happens instead of a call of a Subject; `null` lets the call happen. */
export const standIn = (): (() => Promise<unknown>) | null => {
  calls += 1;
  const hangs = mode === "hung" || (mode === "half hung" && calls % 2 === 0);
  // Something is under way, as it would be: a request that waits for nothing at all is ended by the runtime.
  return hangs ? () => new Promise((done) => setTimeout(done, FOR_EVER_MS)) : null;
};
