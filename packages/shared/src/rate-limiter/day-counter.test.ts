import { describe, expect, it } from "vitest";

import { DayCounter } from "./day-counter.ts";
import { HOUR, perDay, START } from "./simulation-for-tests.ts";
import { ByteReader, ByteWriter } from "./wire.ts";

const policy = perDay("key/day:k1", 10);
const MIDNIGHT = Date.UTC(2026, 10, 22);

describe("a day counter", () => {
  it("starts over at midnight UTC and not before", () => {
    const counter = new DayCounter(policy);
    counter.add(10, START);
    expect(counter.fits(1, MIDNIGHT - 1)).toBe(false);
    expect(counter.retryAt(1, START)).toBe(MIDNIGHT);
    expect(counter.fits(10, MIDNIGHT)).toBe(true);
    expect(counter.retryAt(11, START)).toBe(Infinity);
  });

  it("does not start over when the clock runs backwards", () => {
    const counter = new DayCounter(policy);
    counter.add(10, MIDNIGHT);
    expect(counter.fits(1, MIDNIGHT - HOUR)).toBe(false);
  });

  it("returns from bytes as it was", () => {
    const counter = new DayCounter(policy);
    counter.add(4, START);
    const bytes = new ByteWriter();
    counter.encode(bytes);
    expect(DayCounter.decode(policy, new ByteReader(bytes.done())).remaining(START)).toBe(6);
  });
});
