/** One limit a caller is held to. Numbers live in `plans`; this folder only counts. */
export interface Policy {
  /** Names the counter, and the policy in headers; what follows a colon (`key/day:<id>`) is ours alone. */
  name: string;
  /** Units that may be spent in any rolling window, or in one UTC calendar day. */
  limit: number;
  windowMs: number;
  kind: "rolling" | "utc_day";
  /** Counted as if it were enforced, but it denies nobody: how a new limit is tried out. */
  shadow?: boolean;
}

/** Where a caller stands with one policy. */
export interface LimitState {
  name: string;
  limit: number;
  windowMs: number;
  /** Units that would be admitted now. */
  remaining: number;
  /** ms until at least one more unit is available or the day ends, never less; 0 when nothing is spent. */
  resetMs: number;
  shadow: boolean;
}

export const DAY_MS = 86_400_000;
