import type { LimitState } from "./policy.ts";

/** After this a denial is asked for again, so that a plan change reaches a denied caller within it. */
export const DENIAL_LIVES_MS = 1_000;

/** Denials kept by one isolate: some 3 MB. Beyond it the oldest make room, which costs hops, not answers. */
export const MAX_DENIALS = 10_000;

/** What the authority said when it refused. */
export interface Denial {
  violated: string[];
  limits: LimitState[];
  retryAt: number;
}

interface Entry {
  cost: number;
  deniedAt: number;
  /** From here on the authority is asked again. */
  ends: number;
  denial: Denial;
}

/**
 * Denials that still hold, so that a flood is refused without a hop. What was spent only grows until
 * `retryAt`, so a cost that was refused, or a larger one, would be refused again; a cheaper one may fit.
 */
export class DenyCache {
  /** By credential, and within it by policy set; both with the oldest denial first. */
  private readonly credentials = new Map<string, Map<string, Entry>>();
  private size = 0;

  /** `retryAt` of a cost above the limit may be `Infinity`. */
  remember(credential: string, policySet: string, cost: number, denial: Denial, now: number): void {
    const ends = Math.min(now + DENIAL_LIVES_MS, denial.retryAt);
    if (ends <= now) return;
    const entries = this.credentials.get(credential) ?? new Map<string, Entry>();
    if (entries.delete(policySet)) this.size -= 1;
    entries.set(policySet, { cost, deniedAt: now, ends, denial });
    this.size += 1;
    this.credentials.delete(credential);
    this.credentials.set(credential, entries);
    this.sweep(now);
  }

  /** The denial that holds for this request, its `resetMs` counted from now; `null`: ask. */
  find(credential: string, policySet: string, cost: number, now: number): Denial | null {
    const entry = this.credentials.get(credential)?.get(policySet);
    if (entry === undefined || cost < entry.cost || now >= entry.ends || now < entry.deniedAt)
      return null;
    const age = now - entry.deniedAt;
    const limits = entry.denial.limits.map((state) => ({
      ...state,
      resetMs: Math.max(0, state.resetMs - age),
    }));
    return { ...entry.denial, limits };
  }

  /** The next request of this credential asks the authority. */
  forget(credential: string): void {
    const entries = this.credentials.get(credential);
    if (entries === undefined) return;
    this.credentials.delete(credential);
    this.size -= entries.size;
  }

  /** The credential that was denied longest ago comes first: a few looks per denial keep the bound. */
  private sweep(now: number): void {
    for (const [credential, entries] of this.credentials) {
      const over = [...entries.values()].every((entry) => now >= entry.ends);
      if (!over && this.size <= MAX_DENIALS) return;
      this.forget(credential);
    }
  }
}
