import type { Account } from "../mesh/make-accounts.ts";
import type { Outcome } from "./judge.ts";

/** One credential's part of a moment. */
export interface Question {
  account: Account;
  isolates: number;
  /** Says how many requests to make; how many were admitted is added here. */
  outcome: Outcome;
}

/** Asks everything at once through that many isolates; returns how many requests nobody decided. */
export type Door = (questions: readonly Question[], isolates: number) => Promise<number>;

/** Requests under way at any time. */
export const IN_FLIGHT = 32;
