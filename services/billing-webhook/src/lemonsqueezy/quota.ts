/** Who waits for a call: a person at a page, or work of ours that may as well happen later. */
export type Pace = "person" | "background";

/** When the last calls were made, and until when none may be. Times in milliseconds since 1970. */
export interface QuotaState {
  /** The newest calls, oldest first; never more than the quota, because no more are asked about. */
  calls: readonly number[];
  /** Until then the provider has refused everybody. */
  heldUntil: number;
  /** Until then what is left of the provider's own limit is kept for people. */
  quietUntil: number;
}

/** What the provider's answer says about the calls to come. */
export type Feedback = Partial<Pick<QuotaState, "heldUntil" | "quietUntil">>;

export const UNUSED: QuotaState = { calls: [], heldUntil: 0, quietUntil: 0 };

/** Of the 300 a minute that the provider allows: the rest is for people who wait for a page. */
export const CALLS_PER_MINUTE = 60;

/** A minute, and five seconds for calls that reach the provider later than they were let go. */
const QUOTA_WINDOW_MS = 65_000;

/**
 * Lets a call go (`waitMs` 0) or tells how long to wait. Background work sees at most 60 calls in any
 * minute, those of people among them; people wait only while the provider refuses everybody.
 */
export const letGo = (
  state: QuotaState,
  pace: Pace,
  now: number,
): { state: QuotaState; waitMs: number } => {
  const [oldest = 0] = state.calls;
  const free = state.calls.length < CALLS_PER_MINUTE ? 0 : oldest + QUOTA_WINDOW_MS;
  const at =
    pace === "person" ? state.heldUntil : Math.max(state.heldUntil, state.quietUntil, free);
  if (at > now) return { state, waitMs: at - now };
  return { state: { ...state, calls: [...state.calls, now].slice(-CALLS_PER_MINUTE) }, waitMs: 0 };
};

/** A later answer never shortens a wait that an earlier one asked for. */
export const heed = (
  state: QuotaState,
  { heldUntil = 0, quietUntil = 0 }: Feedback,
): QuotaState => ({
  ...state,
  heldUntil: Math.max(state.heldUntil, heldUntil),
  quietUntil: Math.max(state.quietUntil, quietUntil),
});

/** A provider without `Retry-After` counts in minutes. */
const DEFAULT_WAIT_MS = 60_000;
/** Nobody waits longer because a header says so. */
const LONGEST_WAIT_MS = 10 * 60_000;
/** Background work stops while less than this share is left of the provider's own minute. */
const KEPT_FOR_PEOPLE = 1 / 5;
/** Calls a minute where the provider does not tell. */
const USUAL_LIMIT = 300;

const countIn = (header: string | null): number | null =>
  /^\d{1,6}$/.test(header ?? "") ? Number(header) : null;

const waitOf = (header: string | null, now: number): number => {
  const seconds = /^\d{1,6}$/.test(header ?? "") ? Number(header) * 1_000 : Number.NaN;
  const asked = Number.isNaN(seconds) ? Date.parse(header ?? "") - now : seconds;
  return Number.isNaN(asked) ? DEFAULT_WAIT_MS : Math.min(Math.max(asked, 0), LONGEST_WAIT_MS);
};

/** Reads `Retry-After` of a 429 and `X-Ratelimit-Remaining` of any answer; `null` when all is well. */
export const feedbackOf = (status: number, headers: Headers, now: number): Feedback | null => {
  if (status === 429) return { heldUntil: now + waitOf(headers.get("retry-after"), now) };
  const remaining = countIn(headers.get("x-ratelimit-remaining"));
  const limit = countIn(headers.get("x-ratelimit-limit")) ?? USUAL_LIMIT;
  return remaining !== null && remaining < limit * KEPT_FOR_PEOPLE
    ? { quietUntil: now + DEFAULT_WAIT_MS }
    : null;
};

/** The quota as callers see it; one for all isolates. */
export interface Quota {
  /** 0 lets the call go; otherwise how many milliseconds to wait before asking again. */
  take(pace: Pace): Promise<number>;
  heed(feedback: Feedback): Promise<void>;
}
