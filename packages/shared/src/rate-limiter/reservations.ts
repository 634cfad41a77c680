import { Pace } from "./pace.ts";
import { DAY_MS } from "./policy.ts";
import type { Policy } from "./policy.ts";
import type { Tally } from "./tally.ts";

/**
 * Hits further apart than this come alone: each is made durable by itself. By price alone it were
 * 600 ms; but a row costs its caller a third of a millisecond, and somebody who clicks every few
 * seconds must not be slower than somebody who hammers (decision 20).
 */
export const ALONE_MS = 4_000;

/**
 * A write and the read after it, and no more, are two rows, and no third one that gives back what the
 * second had reserved. The hit after them is taken for the third of many.
 */
const STEPS_BEGIN_AT = 3;

/**
 * How long units written ahead may be used. A crash stamps them at its end, so a longer life wastes
 * them for longer; a shorter one costs more rows.
 */
export const STEP_LIFE_MS = 1_000;
/** Traffic that has gone on for a while is expected to go on for four times as long, up to this. */
export const LONGEST_STEP_MS = 60_000;
const EXPECTED_TO_LAST = 4;

/**
 * How long the next hit is waited for before the rest is given back: as long as the traffic has lasted,
 * from this on until a hit would count as alone. An object that waits is awake and paid for, at a row
 * per 0.6 s; who stops and comes back costs two rows.
 */
export const LEAST_PATIENCE_MS = 1_000;

const SECOND_MS = 1_000;

/** The share of the limit that one crash may waste. */
const STEP_SHARE = 0.01;

/** A step of one is a row per hit: two is the least that saves any. */
const LEAST_STEP = 2;

/** The units of many tallies, and the requests, that are durable ahead of their use. */
export class Reservations {
  /** The last moment at which anything reserved may be used. */
  deadline = 0;
  requests = 0;
  private readonly pace = new Pace();
  private lastHit = -Infinity;
  /** When the hits began that have followed each other since, none of them alone. */
  private since = -Infinity;
  /** How many they are. */
  private following = 0;
  /** Units and requests reserved in all: while it is 0 there is nothing to give back. */
  private outstanding = 0;

  /** True when the hit was durable before: no row is needed. Else `all` are reserved anew. */
  spend(asked: readonly Tally[], all: Iterable<Tally>, cost: number, now: number): boolean {
    const alone = now - this.lastHit >= ALONE_MS;
    if (alone) {
      this.since = now;
      this.following = 0;
    }
    this.following += 1;
    let covered = now <= this.deadline && this.requests >= 1;
    for (const tally of asked) {
      tally.pace.hit(now);
      tally.lastHit = now;
      if (tally.reserved < cost) covered = false;
    }
    this.pace.hit(now);
    this.lastHit = now;
    if (!covered) {
      const room = this.following < STEPS_BEGIN_AT ? 0 : roomOf(asked, cost, now);
      this.reserve(asked, all, cost, now, room);
      return false;
    }
    for (const tally of asked) tally.reserved -= cost;
    this.requests -= 1;
    this.outstanding -= cost * asked.length + 1;
    return true;
  }

  giveBack(all: Iterable<Tally>): void {
    for (const tally of all) tally.reserved = 0;
    this.requests = 0;
    this.outstanding = 0;
  }

  /** When the rest is to be given back if no other hit comes before; `null` when there is none. */
  closeAt(): number | null {
    if (this.outstanding === 0) return null;
    const lasted = this.lastHit - this.since;
    return this.lastHit + Math.min(Math.max(lasted, LEAST_PATIENCE_MS), ALONE_MS);
  }

  /** The row states every reservation anew: those of counters in use live on, the others end with it. */
  private reserve(
    asked: readonly Tally[],
    all: Iterable<Tally>,
    cost: number,
    now: number,
    room: number,
  ): void {
    const most = Math.floor(room / cost);
    const expectedMs = EXPECTED_TO_LAST * (now - this.since);
    const life = Math.min(Math.max(expectedMs, STEP_LIFE_MS), LONGEST_STEP_MS);
    const ahead = (pace: Pace) => {
      const expected = Math.floor((pace.hits(now) * life) / SECOND_MS);
      return Math.max(0, Math.min(most, Math.max(LEAST_STEP, expected)) - 1);
    };
    for (const tally of asked) tally.reserved = ahead(tally.pace) * cost;
    this.requests = ahead(this.pace);
    this.outstanding = this.requests;
    for (const tally of all) {
      if (now - tally.lastHit >= ALONE_MS) tally.reserved = 0;
      this.outstanding += tally.reserved;
    }
    // A day and a month end at midnight UTC, and so does what may be used of them.
    const midnight = (Math.floor(now / DAY_MS) + 1) * DAY_MS;
    this.deadline = Math.min(now + life, midnight - 1);
  }
}

/** Units a step may hold, this hit's among them: its share of the limit, and what every policy has left. */
const roomOf = (asked: readonly Tally[], cost: number, now: number): number => {
  let longest: Policy | null = null;
  let room = Infinity;
  for (const { policy, counter } of asked) {
    if (policy.shadow === true) continue;
    if (longest === null || outlasts(policy, longest)) longest = policy;
    room = Math.min(room, counter.remaining(now) + cost);
  }
  return longest === null ? 0 : Math.min(room, Math.floor(longest.limit * STEP_SHARE));
};

/** A rolling window outlasts any day: it is the one that a wasted step shortens. */
const outlasts = (policy: Policy, other: Policy): boolean =>
  policy.kind === other.kind ? policy.windowMs > other.windowMs : policy.kind === "rolling";
