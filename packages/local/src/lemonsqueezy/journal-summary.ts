import type { Attempt, Progress } from "./records.ts";

const rank = (sorted: readonly number[], share: number): number | null =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? null;

const ACKNOWLEDGED = 200;

/** Whether the receiver really said that it has the event, whatever chaos made of that. */
export const isAcknowledged = ({ attempts }: Progress): boolean =>
  attempts.some(({ answered }) => answered === ACKNOWLEDGED);

const counted = (values: readonly (string | number)[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
};

/** What became of all deliveries. */
export const summarize = (all: readonly Progress[]) => {
  const attempts = all.flatMap((one): readonly Attempt[] => one.attempts);
  const times = attempts
    .filter(({ answered }) => answered === ACKNOWLEDGED)
    .map(({ ms }) => ms)
    .toSorted((a, b) => a - b);
  return {
    deliveries: all.length,
    states: counted(all.map(({ state }) => state)),
    acknowledged: all.filter(isAcknowledged).length,
    attempts: attempts.length,
    answers: counted(attempts.map(({ answered, outcome }) => answered ?? outcome)),
    acknowledgedMs: { p50: rank(times, 0.5), p99: rank(times, 0.99), max: times.at(-1) ?? null },
  };
};
