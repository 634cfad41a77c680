import { PLANS } from "@luna/shared/plans";

import { eventually } from "../people.ts";
import type { LiveMesh } from "./live-mesh.ts";
import { pause } from "./provider-event.ts";

/** What the clients of one user saw, and what the user's Subject says of it. */
export interface UsageSeen {
  /** Answers that the Subject decided: each must be counted. */
  acknowledged: number;
  /** Requests that may have been counted without such an answer: each may be. */
  unsure: number;
  kills: number;
  /** Fewer than were acknowledged, at the worst moment. */
  missing: number;
  /** More than were asked and a step for every crash, at the worst moment. */
  excess: number;
}

/** Requests under way at any time. */
const IN_FLIGHT = 4;
/** Between two kills: long enough to reserve steps, short enough to be killed while they are used. */
const LEAST_LOAD_MS = 100;
const MOST_LOAD_MS = 900;
/** wrangler needs a third of a second to start another runtime; on a busy machine minutes. */
const RECOVERY_MS = 180_000;

/** Only the Subject says what is left: what the degraded mode lets in is not counted. */
export const isDecided = (answer: Response): boolean =>
  answer.ok && answer.headers.has("ratelimit");

/**
 * Asks for one user without a pause, kills the runtime again and again, and looks after each kill
 * whether everything that was acknowledged is counted, and nothing that nobody asked.
 */
export const usageThroughKills = async (
  mesh: LiveMesh,
  headers: Record<string, string>,
  { kills, limitScale, random }: { kills: number; limitScale: number; random: () => number },
): Promise<UsageSeen> => {
  const seen: UsageSeen = { acknowledged: 0, unsure: 0, kills: 0, missing: 0, excess: 0 };
  const step = (PLANS.free.userRequestsPerHour * limitScale) / 100;

  const ask = async (path: string): Promise<Response | null> => {
    try {
      const answer = await fetch(mesh.url + path, { headers });
      const body = await answer.text();
      if (isDecided(answer)) {
        seen.acknowledged += 1;
        return new Response(body, answer);
      }
    } catch {
      // The runtime went with the answer.
    }
    seen.unsure += 1;
    return null;
  };
  const usage = async (): Promise<number> => {
    const answer = await eventually(
      "the Subject after a crash",
      () => ask("/v1/me/usage"),
      RECOVERY_MS,
    );
    return (await answer.json<{ requests: number }>()).requests;
  };

  while (seen.kills < kills) {
    const load = new AbortController();
    const lane = async (): Promise<void> => {
      while (!load.signal.aborted) await ask("/v1/me");
    };
    const lanes = Array.from({ length: IN_FLIGHT }, lane);
    await pause(LEAST_LOAD_MS + random() * (MOST_LOAD_MS - LEAST_LOAD_MS));
    if (mesh.killRuntime()) seen.kills += 1;
    // The front asks again what was under way, so each of these may be counted twice.
    seen.unsure += IN_FLIGHT;
    load.abort();
    await Promise.all(lanes);
    const counted = await usage();
    seen.missing = Math.max(seen.missing, seen.acknowledged - counted);
    const most = seen.acknowledged + seen.unsure + seen.kills * step;
    seen.excess = Math.max(seen.excess, counted - most);
  }
  return seen;
};
