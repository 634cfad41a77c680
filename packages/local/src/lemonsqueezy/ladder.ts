import type { Attempt, Chaos, Delivery } from "./records.ts";

/** Waits before the second, third and fourth attempt: sent at about 0, 5, 30 and 155 s, then lost. */
const RETRY_WAITS_S = [5, 25, 125];

/** The only answer that counts. */
const ACCEPTED = 200;

/** How soon chaos sends a delivered event again, in seconds of the ladder's scale. */
const REPEAT_AFTER_S = 1;

const acceptedTimes = ({ attempts }: Delivery): number =>
  attempts.filter(({ outcome }) => outcome === ACCEPTED).length;

/** The delivery after one more attempt. `scaleMs` is how long a second of the ladder lasts. */
export const afterAttempt = (
  delivery: Delivery,
  attempt: Attempt,
  { chaos, scaleMs, random }: { chaos: Chaos; scaleMs: number; random: () => number },
): Delivery => {
  const next = { ...delivery, attempts: [...delivery.attempts, attempt] };
  const accepted = acceptedTimes(next);
  if (accepted === 1 && attempt.outcome === ACCEPTED && random() < chaos.repeat) {
    return { ...next, dueAt: attempt.at + REPEAT_AFTER_S * scaleMs };
  }
  if (accepted > 0) return { ...next, state: "delivered" };
  const wait = RETRY_WAITS_S[next.attempts.length - 1];
  if (wait === undefined) return { ...next, state: "dropped" };
  return { ...next, dueAt: attempt.at + wait * scaleMs };
};
