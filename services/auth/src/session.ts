import type { RefreshClaim } from "./refresh-token.ts";

export const ACCESS_TOKEN_S = 15 * 60;
/** After this long no access token of an ended session is valid, whichever clock made it. */
export const REMEMBER_MS = ACCESS_TOKEN_S * 1_000 + 60_000;
/** A session unused for this long is over. */
export const IDLE_MS = 7 * 24 * 60 * 60 * 1_000;
/** However much it is used, a session ends. */
export const ABSOLUTE_MS = 30 * 24 * 60 * 60 * 1_000;
/** Two tabs may refresh at once; within this time the loser gets the winner's token. */
export const GRACE_MS = 10_000;

export interface Session {
  id: string;
  accountId: string;
  generation: number;
  /** The number of the newest refresh token. */
  counter: number;
  rotatedAt: number;
  idleExpiresAt: number;
  absoluteExpiresAt: number;
  revokedAt: number | null;
}

/** Why a refresh token that we made was not the one to rotate. */
export type Verdict =
  /** Lost a race: hand out the same successor again. */
  | "grace"
  /** Used long after its successor was made: somebody has a copy. */
  | "reused"
  | "over";

/** `session` as it is after the rotation did not claim it. */
export const judgeRefresh = (
  session: Session,
  presented: RefreshClaim,
  generation: number,
  now: number,
): Verdict => {
  const over =
    session.revokedAt !== null ||
    session.generation !== generation ||
    now >= session.idleExpiresAt ||
    now >= session.absoluteExpiresAt;
  if (over) return "over";
  const previous = presented.counter === session.counter - 1;
  return previous && now - session.rotatedAt <= GRACE_MS ? "grace" : "reused";
};
