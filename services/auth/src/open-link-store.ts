import type { Database } from "@luna/shared/d1/database";

import { type OpenEmailChange, selectOpenEmailChange } from "./email-change-store.ts";
import { type OpenSignUp, selectOpenSignUp } from "./sign-up-store.ts";

/** What the token of a link confirms, if it is open: at most one of the two, in one round trip. */
export const findOpenLink = async (
  db: Database,
  tokenHash: string,
  now: number,
): Promise<{ signUp: OpenSignUp | null; change: OpenEmailChange | null }> => {
  const [signUps, changes] = await db.batch([
    selectOpenSignUp(tokenHash, now),
    selectOpenEmailChange(tokenHash, now),
  ]);
  return {
    signUp: (signUps?.rows[0] as OpenSignUp | undefined) ?? null,
    change: (changes?.rows[0] as OpenEmailChange | undefined) ?? null,
  };
};
