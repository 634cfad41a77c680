import type { Draw } from "./draw.ts";
import type { Attempt, Chaos, Progress } from "./records.ts";

/** Waits before the second, third and fourth attempt: sent at about 0, 5, 30 and 155 s, then lost. */
const RETRY_WAITS_S = [5, 25, 125];

/** The only answer that counts. */
const ACCEPTED = 200;

/** How soon chaos sends a delivered event again, in seconds of the ladder's scale. */
const REPEAT_AFTER_S = 1;

/** What the ladder climbs by. */
export interface Conditions {
  chaos: Chaos;
  /** How long a second of the ladder lasts, in milliseconds. */
  scaleMs: number;
  draw: Draw;
}

const isAccepted = ({ outcome }: Attempt): boolean => outcome === ACCEPTED;

/** How far the delivery is after one more attempt. */
export const afterAttempt = (
  progress: Progress,
  attempt: Attempt,
  { chaos, scaleMs, draw }: Conditions,
): Progress => {
  const next = { ...progress, attempts: [...progress.attempts, attempt] };
  // By hand is no step of the ladder; that it was accepted ends the climb all the same.
  const climbed = next.attempts.filter(({ resent }) => resent !== true);
  const accepted = climbed.filter(isAccepted).length;
  const repeats = draw(`repeat ${progress.id}`) < chaos.repeat ? chaos.times : 0;
  if (isAccepted(attempt) && attempt.resent !== true && accepted <= repeats) {
    return { ...next, state: "pending", dueAt: attempt.at + REPEAT_AFTER_S * scaleMs };
  }
  if (next.attempts.some(isAccepted)) return { ...next, state: "delivered" };
  if (attempt.resent === true) return next;
  const wait = RETRY_WAITS_S[climbed.length - 1];
  if (wait === undefined) return { ...next, state: "dropped" };
  return { ...next, dueAt: attempt.at + wait * scaleMs };
};
