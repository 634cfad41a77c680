import type { Counter } from "./counter.ts";
import type { Policy } from "./policy.ts";
import type { ByteReader, ByteWriter } from "./wire.ts";

/** Up to here every hit keeps its own ms: at most 16 KB. Above, hits share a bucket. */
export const EXACT_UP_TO = 1_024;

/**
 * Buckets of one window. A bucket counts until its last hit is outside, so 1/360 of the window late: ten
 * seconds in an hour, in which a caller has one burst. Of 60 buckets one held six of them.
 */
export const BUCKETS = 360;

const INITIAL_ENTRIES = 16;

/**
 * Spent units with the time of their last hit, oldest first, in a ring. A hit joins the entry of its
 * bucket and moves that entry's time forward, never back: what is counted is never older than it was,
 * so no rolling window can hold more than the limit. A bucket of one ms is an exact log.
 */
export class RollingLog implements Counter {
  readonly kind = "rolling";
  private limit: number;
  private windowMs: number;
  private bucketMs: number;
  private times = zeros(INITIAL_ENTRIES);
  private costs = zeros(INITIAL_ENTRIES);
  private head = 0;
  private size = 0;
  private spent = 0;

  constructor(policy: Policy) {
    this.limit = policy.limit;
    this.windowMs = policy.windowMs;
    this.bucketMs = bucketMsOf(policy);
  }

  configure(policy: Policy): void {
    this.limit = policy.limit;
    this.windowMs = policy.windowMs;
    this.bucketMs = bucketMsOf(policy);
  }

  used(now: number): number {
    while (this.size > 0 && this.timeOf(0) + this.windowMs <= now) {
      this.spent -= this.costOf(0);
      this.head = (this.head + 1) & (this.times.length - 1);
      this.size -= 1;
    }
    return this.spent;
  }

  remaining(now: number): number {
    return Math.max(0, this.limit - this.used(now));
  }

  fits(cost: number, now: number): boolean {
    return this.used(now) + cost <= this.limit;
  }

  retryAt(cost: number, now: number): number {
    if (cost > this.limit) return Infinity;
    let still = this.used(now);
    let at = now;
    for (let nth = 0; still + cost > this.limit; nth += 1) {
      still -= this.costOf(nth);
      at = this.timeOf(nth) + this.windowMs;
    }
    return at;
  }

  add(cost: number, now: number): void {
    this.spent += cost;
    let nth = this.size;
    // Only what a crash left reserved lies in the future: this looks at one or two entries.
    while (nth > 0 && this.timeOf(nth - 1) > now) nth -= 1;
    if (nth > 0 && this.bucketOf(this.timeOf(nth - 1)) === this.bucketOf(now))
      this.put(nth - 1, now, this.costOf(nth - 1) + cost);
    else this.insert(nth, now, cost);
  }

  addReserved(cost: number, deadline: number): void {
    this.spent += cost;
    let nth = this.size;
    // What an earlier crash left reserved may end later than this.
    while (nth > 0 && this.timeOf(nth - 1) > deadline) nth -= 1;
    this.insert(nth, deadline, cost);
  }

  encode(bytes: ByteWriter): void {
    bytes.number(this.size);
    let before = 0;
    for (let nth = 0; nth < this.size; nth += 1) {
      bytes.number(this.timeOf(nth) - before);
      bytes.number(this.costOf(nth));
      before = this.timeOf(nth);
    }
  }

  static decode(policy: Policy, bytes: ByteReader): RollingLog {
    const log = new RollingLog(policy);
    let time = 0;
    for (let rest = bytes.number(); rest > 0; rest -= 1) {
      time += bytes.number();
      const cost = bytes.number();
      log.insert(log.size, time, cost);
      log.spent += cost;
    }
    return log;
  }

  private bucketOf(time: number): number {
    return Math.floor(time / this.bucketMs);
  }

  private timeOf(nth: number): number {
    return this.times[(this.head + nth) & (this.times.length - 1)] ?? 0;
  }

  private costOf(nth: number): number {
    return this.costs[(this.head + nth) & (this.times.length - 1)] ?? 0;
  }

  private put(nth: number, time: number, cost: number): void {
    const index = (this.head + nth) & (this.times.length - 1);
    this.times[index] = time;
    this.costs[index] = cost;
  }

  private insert(at: number, time: number, cost: number): void {
    if (this.size === this.times.length) this.grow();
    for (let nth = this.size; nth > at; nth -= 1)
      this.put(nth, this.timeOf(nth - 1), this.costOf(nth - 1));
    this.put(at, time, cost);
    this.size += 1;
  }

  private grow(): void {
    const times = zeros(this.size * 2);
    const costs = zeros(this.size * 2);
    for (let nth = 0; nth < this.size; nth += 1) {
      times[nth] = this.timeOf(nth);
      costs[nth] = this.costOf(nth);
    }
    this.times = times;
    this.costs = costs;
    this.head = 0;
  }
}

/** Plain arrays: a typed one of this size is three objects, and an isolate holds thousands of these. */
const zeros = (entries: number): number[] => Array.from({ length: entries }, () => 0);

const bucketMsOf = (policy: Policy): number =>
  policy.limit <= EXACT_UP_TO ? 1 : Math.max(1, policy.windowMs / BUCKETS);
