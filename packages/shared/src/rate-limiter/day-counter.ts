import type { Counter } from "./counter.ts";
import { DAY_MS } from "./policy.ts";
import type { Policy } from "./policy.ts";
import type { ByteReader, ByteWriter } from "./wire.ts";

/** Units of one UTC calendar day: what "per day" promises a customer, twice the limit across midnight. */
export class DayCounter implements Counter {
  readonly kind = "utc_day";
  private limit: number;
  private day = 0;
  private spent = 0;

  constructor(policy: Policy) {
    this.limit = policy.limit;
  }

  configure(policy: Policy): void {
    this.limit = policy.limit;
  }

  used(now: number): number {
    const day = Math.floor(now / DAY_MS);
    if (day > this.day) {
      this.day = day;
      this.spent = 0;
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
    return this.fits(cost, now) ? now : (this.day + 1) * DAY_MS;
  }

  add(cost: number, now: number): void {
    this.used(now);
    this.spent += cost;
  }

  addReserved(cost: number, deadline: number): void {
    this.add(cost, deadline);
  }

  encode(bytes: ByteWriter): void {
    bytes.number(this.day);
    bytes.number(this.spent);
  }

  static decode(policy: Policy, bytes: ByteReader): DayCounter {
    const counter = new DayCounter(policy);
    counter.day = bytes.number();
    counter.spent = bytes.number();
    return counter;
  }
}
