/** A write whose end nobody told us of is over by then: an upload and its service have 25 s. */
export const MARK_MS = 30_000;

/** Covers the marks of the next while, so that somebody who keeps writing costs a row now and then. */
const AHEAD_MS = 30_000;

/**
 * Writes that are under way. Only a time is durable, never a mark: whoever is restored after a crash
 * takes everything before it for unsettled, which costs hits and never freshness.
 */
export class Marks {
  /** Mark → the time (ms) at which it no longer counts. */
  private readonly live = new Map<string, number>();
  /** Until when (ms) a write of an earlier life may still be under way. */
  private readonly inherited: number;
  /** No mark outlives this without another row. */
  private durableUntil: number;

  constructor(durableUntil: number) {
    this.inherited = durableUntil;
    this.durableUntil = durableUntil;
  }

  /** The time that must be durable before the write may begin; `null` when it is already. */
  set(mark: string, now: number): number | null {
    for (const [other, until] of this.live) if (until <= now) this.live.delete(other);
    const until = now + MARK_MS;
    this.live.set(mark, until);
    if (until <= this.durableUntil) return null;
    this.durableUntil = until + AHEAD_MS;
    return this.durableUntil;
  }

  settle(mark: string): void {
    this.live.delete(mark);
  }

  /** Whether something that is read at `now` may be older than a write that is under way. */
  stand(now: number): boolean {
    if (now < this.inherited) return true;
    for (const until of this.live.values()) if (now < until) return true;
    return false;
  }
}
