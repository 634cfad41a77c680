import type { Tier } from "../plans.ts";
import type { RateLimitFields } from "../rate-limiter/headers.ts";
import type { LimitState } from "../rate-limiter/policy.ts";
import type { Role, Scope } from "./caller.ts";
import type { AnswerText, AskText } from "./subject-text.ts";

/** What a request shows, after the gateway has checked its form and signature. */
export type Presented =
  | { kind: "session"; sessionId: string; generation: number }
  | { kind: "key"; keyId: string; secretHash: string };

/**
 * What a route draws on. `plan`: the plan's quota and burst. `create`: those and the limit on creating.
 * `account`: a small limit of its own, so that whoever has used up the plan can still pay or leave.
 */
export type LimitClass = "plan" | "create" | "account";

/** One request, as its caller's Subject needs to know it. */
export interface Ask {
  credential: Presented;
  limit: LimitClass;
  /** The scope an API key must have; sessions have all. */
  needs: Scope;
  /** Units it costs; 1 for everything but batches. */
  cost: number;
  /**
   * An unsafe request marks the caller's data as unsettled under this id; a read has none. When nothing
   * else has touched the data before it is settled, it then is the version.
   */
  mark: string | null;
  /** Marks of this user whose requests are over, settled before anything is decided. */
  settled: readonly string[];
}

/** Who the caller is and what may be kept for them. */
export interface Admitted {
  admitted: true;
  role: Role;
  tier: Tier;
  /** `null` for a session, which may do everything its account may. */
  scopes: Scope[] | null;
  /** Names the state of the caller's data; `null` while a write to it is unsettled. */
  version: string | null;
  /** Time (ms) after which `tier` and everything kept must be asked for again; `null` for never. */
  validUntil: number | null;
  /** Where the caller stands, as they are told. */
  rateLimit: RateLimitFields;
}

export type Denial =
  /** Nobody told this object of a user: heal it, then ask again. */
  | "unknown_subject"
  | "unknown_key"
  /** Signed out, expired, deleted, or of an older generation. */
  | "revoked"
  | "suspended"
  | "missing_scope"
  | "rate_limited";

export interface Denied {
  admitted: false;
  code: Denial;
  limits: LimitState[];
  violated: string[];
  /** Time (ms) at which the same request would be admitted; `null` for never. */
  retryAt: number | null;
}

/** The Subject of one user, as the gateway sees it. */
export interface SubjectForGateway {
  /** Decides who, how often, which plan and which version, all or nothing, in one call. */
  admit(ask: AskText): Promise<AnswerText>;
  /** The unsafe requests under these marks are over. Losing it costs hits, never freshness. */
  settle(marks: readonly string[]): Promise<void>;
}
