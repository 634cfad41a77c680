import { describe, expect, it } from "vitest";

import { EXACT_UP_TO, RollingLog } from "./rolling-log.ts";
import { HOUR, MINUTE, randomOf, rolling, START } from "./simulation-for-tests.ts";
import { ByteReader, ByteWriter } from "./wire.ts";

const limitOf = (limit: number) => rolling("user/hour", limit, HOUR);

const bytesOf = (log: RollingLog) => {
  const bytes = new ByteWriter();
  log.encode(bytes);
  return bytes.done();
};

/** A log with random hits of random cost, and the time after the last of them. */
const filled = (limit: number, seed: number) => {
  const random = randomOf(seed);
  const log = new RollingLog(limitOf(limit));
  let now = START;
  for (let hit = 0; hit < limit; hit += 1) {
    now += Math.floor(random() * (HOUR / limit));
    const cost = 1 + Math.floor(random() * 3);
    if (log.fits(cost, now)) log.add(cost, now);
  }
  return { log, now, random };
};

describe("a rolling log", () => {
  it("is full until its first hit is a whole window old", () => {
    const log = new RollingLog(limitOf(2));
    log.add(1, START);
    log.add(1, START + MINUTE);
    expect(log.remaining(START + HOUR - 1)).toBe(0);
    expect(log.remaining(START + HOUR)).toBe(1);
    expect(log.remaining(START + HOUR + MINUTE)).toBe(2);
  });

  it("says when a cost fits to the ms, and knows what never will", () => {
    const log = new RollingLog(limitOf(10));
    for (let hit = 0; hit < 10; hit += 1) log.add(1, START + hit * MINUTE);
    const now = START + 10 * MINUTE;
    expect(log.retryAt(1, now)).toBe(START + HOUR);
    expect(log.retryAt(4, now)).toBe(START + HOUR + 3 * MINUTE);
    expect(log.retryAt(11, now)).toBe(Infinity);
    expect(log.fits(4, START + HOUR + 3 * MINUTE - 1)).toBe(false);
    expect(log.fits(4, START + HOUR + 3 * MINUTE)).toBe(true);
  });

  it.each([60, EXACT_UP_TO, EXACT_UP_TO + 1, 10_000])(
    "refuses a cost before retryAt and takes it then, at a limit of %i",
    (limit) => {
      for (let seed = 1; seed <= 20; seed += 1) {
        const { log, now, random } = filled(limit, seed);
        const cost = log.remaining(now) + 1 + Math.floor(random() * (limit / 2));
        const retryAt = log.retryAt(Math.min(limit, cost), now);
        const copy = () => RollingLog.decode(limitOf(limit), new ByteReader(bytesOf(log)));
        expect(copy().fits(Math.min(limit, cost), retryAt - 1)).toBe(false);
        expect(copy().fits(Math.min(limit, cost), retryAt)).toBe(true);
      }
    },
  );

  it("lets a bucket count until its last hit is outside", () => {
    const log = new RollingLog(limitOf(6_000));
    const bucket = Math.ceil(START / MINUTE) * MINUTE;
    log.add(1, bucket);
    log.add(5_999, bucket + 9_999);
    expect(log.remaining(bucket + HOUR)).toBe(0);
    expect(log.retryAt(1, bucket + HOUR)).toBe(bucket + HOUR + 9_999);
  });

  it.each([0, 3_000, 9_999])(
    "gives bursts of ten seconds back one by one, begun %s ms late",
    (late) => {
      const log = new RollingLog(limitOf(10_000));
      const first = Math.ceil(START / MINUTE) * MINUTE + late;
      const bursts = Array.from({ length: 20 }, (_, nth) => first + nth * 10_000);
      for (const burst of bursts) log.add(500, burst);
      const free = bursts.map((burst) => log.remaining(burst + HOUR));
      expect(free).toEqual(bursts.map((_, nth) => (nth + 1) * 500));
    },
  );

  it("keeps an hour of a large limit in 361 entries", () => {
    const log = new RollingLog(limitOf(100_000));
    for (let now = START; now < START + 3 * HOUR; now += 100) log.add(1, now);
    log.used(START + 3 * HOUR);
    expect(bytesOf(log).length).toBeLessThan(361 * 4 + 10);
  });

  it("returns from bytes as it was", () => {
    const { log, now } = filled(1_000, 7);
    const back = RollingLog.decode(limitOf(1_000), new ByteReader(bytesOf(log)));
    expect(back.used(now)).toBe(log.used(now));
    expect(back.used(now + HOUR / 2)).toBe(log.used(now + HOUR / 2));
  });

  it("keeps hits in order beside a reservation that ends later", () => {
    const log = new RollingLog(limitOf(100));
    log.addReserved(5, START + 900);
    log.add(1, START + 100);
    log.add(2, START + 100);
    expect(log.used(START + HOUR + 99)).toBe(8);
    expect(log.used(START + HOUR + 100)).toBe(5);
    expect(log.used(START + HOUR + 900)).toBe(0);
  });

  it("frees a bucket on time although a crash left units of it reserved", () => {
    const log = new RollingLog(limitOf(6_000));
    log.add(100, START);
    log.addReserved(5, START + 900);
    expect(log.used(START + HOUR)).toBe(5);
  });
});
