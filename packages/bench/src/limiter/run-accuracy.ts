import type { Tier } from "@luna/shared/plans";
import { LIMITS, PLANS } from "@luna/shared/plans";

import type { Account } from "../mesh/make-accounts.ts";
import type { Mesh } from "../mesh/start-mesh.ts";
import { seededRandom } from "../random.ts";
import type { WindowLimit } from "./exact-log.ts";
import type { Door, Question } from "./door.ts";
import { judge, type Outcome, type Verdict } from "./judge.ts";
import { adversary, type Phase } from "./schedule.ts";

const HOUR_MS = 3_600_000;
/** An object nobody asks leaves memory after about ten seconds. */
const IDLE_MS = 12_000;
/** One object in four loses its memory on the way. */
const ABORT_EVERY = 4;
export interface Setting {
  tier: Tier;
  limitScale: number;
  /** How many isolates ask at once: each number is a run of its own. */
  isolates: readonly number[];
  /** Units each request costs. */
  unitsEach: number;
}

/** The limit of an hour that a setting comes to, and the burst beside it. */
export const limitsOf = ({ tier, limitScale }: Pick<Setting, "tier" | "limitScale">) => {
  const perHour = PLANS[tier].userRequestsPerHour;
  const scaled = (units: number): number => Math.max(1, Math.round(units * limitScale));
  const long: WindowLimit = { limit: scaled(perHour), windowMs: HOUR_MS };
  const burst: WindowLimit = {
    limit: scaled(LIMITS.burst(perHour)),
    windowMs: LIMITS.burstWindowMs,
  };
  return { long, burst };
};

/** One credential under its own schedule. */
interface Trial {
  account: Account;
  isolates: number;
  phases: Phase[];
  aborted: boolean;
  outcomes: Outcome[];
}

export interface Accuracy {
  /** Units admitted beyond any limit in any rolling window. */
  over: number;
  /** Requests admitted, of those an exact log admits, where no object lost its memory. */
  admitted: number;
  exact: number;
  /** The same where one did. */
  admittedAborted: number;
  exactAborted: number;
  /** Requests that the degraded mode answered because an object was just lost. */
  undecided: number;
}

const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

const askPhase = async (
  door: Door,
  unitsEach: number,
  trials: readonly Trial[],
  index: number,
  at: number,
): Promise<number> => {
  const questions = trials.map(({ account, isolates, phases, outcomes }): Question => {
    const outcome = { at, asked: Math.ceil((phases[index]?.units ?? 0) / unitsEach), admitted: 0 };
    outcomes.push(outcome);
    return { account, isolates, outcome };
  });
  let undecided = 0;
  for (const isolates of new Set(trials.map((trial) => trial.isolates)))
    undecided += await door(
      questions.filter((question) => question.isolates === isolates),
      isolates,
    );
  return undecided;
};

const loseMemory = (mesh: Mesh, trials: readonly Trial[], index: number): Promise<unknown> =>
  Promise.all(
    trials
      .filter(({ phases }) => phases[index]?.abort === true)
      .map(({ account }) => mesh.instruments.abort("users", "SUBJECTS", account.id)),
  );

const summed = (
  trials: readonly Trial[],
  limits: readonly WindowLimit[],
  unitsEach: number,
): Accuracy => {
  const total = { over: 0, admitted: 0, exact: 0, admittedAborted: 0, exactAborted: 0 };
  for (const { outcomes, aborted } of trials) {
    const verdict: Verdict = judge(outcomes, limits, unitsEach);
    total.over += verdict.over;
    total[aborted ? "admittedAborted" : "admitted"] += verdict.admitted;
    total[aborted ? "exactAborted" : "exact"] += verdict.exact;
  }
  return { ...total, undecided: 0 };
};

/**
 * Runs seeded adversaries through real front doors against real Subjects under a frozen, injected
 * clock, and holds what was admitted against an exact log. The mesh must be started with the
 * `counting` shell, the setting's scale and as many isolates as the largest of `isolates`;
 * `accounts` are of the setting's tier, `seeds` for each number of isolates, known to their Subjects
 * and silent for an hour before `start`.
 */
export const runAccuracy = async (
  mesh: Mesh,
  door: Door,
  accounts: readonly Account[],
  setting: Setting,
  seeds: number,
  start: number,
): Promise<Accuracy> => {
  const { long, burst } = limitsOf(setting);
  const trials = accounts.map((account, index): Trial => {
    const seed = index % seeds;
    const aborted = seed % ABORT_EVERY === ABORT_EVERY - 1;
    return {
      account,
      isolates: setting.isolates[Math.floor(index / seeds)] ?? 1,
      // All trials share the clock, so they share its moments; how much they ask is their own.
      phases: adversary(long, burst, seededRandom(seed), aborted),
      aborted,
      outcomes: [],
    };
  });
  const moments = adversary(long, burst, seededRandom(long.limit), false);
  let undecided = 0;
  for (const [index, { at, idle }] of moments.entries()) {
    if (idle) await pause(IDLE_MS);
    await mesh.instruments.setClock(start + at);
    const [lost] = await Promise.all([
      askPhase(door, setting.unitsEach, trials, index, start + at),
      loseMemory(mesh, trials, index),
    ]);
    undecided += lost;
  }
  return { ...summed(trials, [long, burst], setting.unitsEach), undecided };
};
