/** `real`: as built. `hung`: the Subject never answers. */
export type LimiterMode = "real" | "hung";

let mode: LimiterMode = "real";

export const setLimiterMode = (next: LimiterMode): void => {
  mode = next;
};

/** What happens instead of a call of a Subject; `null` lets the call happen. */
export const standIn = (): (() => Promise<unknown>) | null =>
  mode === "hung" ? () => new Promise(() => {}) : null;
