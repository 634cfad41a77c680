import {
  abortAllDurableObjects,
  evictDurableObject,
  runDurableObjectAlarm,
  runInDurableObject,
} from "cloudflare:test";
import { PLANS } from "@luna/shared/plans";
import { beforeEach, describe, expect, it } from "vitest";

import { randomOf } from "./random-for-tests.ts";
import {
  admit,
  admittedOf,
  apply,
  createKnown,
  DB,
  getUsage,
  NOW,
  rowsOf,
  setTime,
  startAfresh,
  subject,
  subscriptionOf,
} from "./workerd.fixture.ts";

const HOUR = 3_600_000;
const STEP = PLANS.enterprise.userRequestsPerHour / 100;

beforeEach(async () => {
  await startAfresh();
  await createKnown();
});

const alarmAt = () => runInDurableObject(subject(), (_, { storage }) => storage.getAlarm());
const flush = () => runDurableObjectAlarm(subject());
const stored = async () =>
  (await rowsOf("usage_metrics")).map(({ period, requests }) => [period, requests]);

/** The database refuses writes of usage, and takes them again. */
const breakDatabase = () => DB.exec("ALTER TABLE usage_metrics RENAME TO usage_away");
const mendDatabase = () => DB.exec("ALTER TABLE usage_away RENAME TO usage_metrics");

describe("usage", () => {
  it("is told by the Subject at once and reaches the database within the hour", async () => {
    await admittedOf(7);
    expect(await (await getUsage("ann")).json()).toEqual({
      period: "2030-01",
      requests: 7,
      limit: 100,
      tier: "free",
    });
    expect(await stored()).toEqual([["2030-01", 0]]);
    expect(await alarmAt()).toBe(NOW + HOUR);
    expect(await flush()).toBe(true);
    expect(await stored()).toEqual([["2030-01", 7]]);
    expect(await alarmAt()).toBeNull();
  });

  it("arms nothing for a user who does nothing, and arms again with the next request", async () => {
    expect(await alarmAt()).toBeNull();
    await admit();
    await flush();
    setTime(NOW + 2 * HOUR);
    await admit();
    expect(await alarmAt()).toBe(NOW + 3 * HOUR);
  });

  it("keeps one alarm, whatever the object goes through", async () => {
    await admit();
    setTime(NOW + 1_000);
    await evictDurableObject(subject());
    await admit();
    expect(await alarmAt()).toBe(NOW + HOUR);
  });

  it("is the right user's in an alarm that wakes the object", async () => {
    await createKnown("bob");
    await admit();
    await admit({}, "bob");
    await admit({}, "bob");
    await evictDurableObject(subject("bob"));
    await runDurableObjectAlarm(subject("bob"));
    expect(await stored()).toEqual([
      ["2030-01", 0],
      ["2030-01", 2],
    ]);
  });

  it("waits for a database that refuses, asks it every 30 s, and is whole afterwards", async () => {
    await admittedOf(5);
    await breakDatabase();
    for (let minute = 1; minute < 6; minute += 1) {
      const now = NOW + HOUR + minute * 60_000;
      setTime(now);
      await flush();
      // A request meanwhile must not put the next try off by an hour.
      await admit();
      expect(await alarmAt()).toBe(now + 30_000);
      if (minute === 3) await abortAllDurableObjects();
    }
    await mendDatabase();
    await flush();
    const { requests } = await subject().usage();
    expect(await stored()).toEqual([["2030-01", requests]]);
    expect(requests).toBe(10);
  });

  it("brings the end of a month and the start of the next", async () => {
    await admittedOf(3);
    setTime(Date.UTC(2030, 1, 1, 0, 30));
    await admittedOf(2);
    await flush();
    expect(await stored()).toEqual([
      ["2030-01", 3],
      ["2030-02", 2],
    ]);
  });

  it("is never written down by a late flush", async () => {
    await admittedOf(3);
    await DB.exec("UPDATE usage_metrics SET requests = 50, seq = 50");
    await flush();
    expect(await stored()).toEqual([["2030-01", 50]]);
    expect(await alarmAt()).toBeNull();
  });
});

describe("usage through mishaps", () => {
  it("is never less than was answered and at most a step more per abort", async () => {
    await apply(subscriptionOf("ann", { tier: "enterprise" }));
    const random = randomOf(3);
    let now = NOW;
    let acknowledged = 0;
    let aborts = 0;
    let broken = false;
    for (let step = 0; step < 200; step += 1) {
      const dice = random();
      now += Math.floor(random() * 2_000);
      setTime(now);
      if (dice < 0.7) acknowledged += await admittedOf(1 + Math.floor(random() * 4));
      else if (dice < 0.85) {
        await abortAllDurableObjects();
        aborts += 1;
      } else if (dice < 0.93) await flush();
      else {
        await (broken ? mendDatabase() : breakDatabase());
        broken = !broken;
      }
      const { requests } = await subject().usage();
      expect(requests).toBeGreaterThanOrEqual(acknowledged);
      expect(requests).toBeLessThanOrEqual(acknowledged + aborts * STEP);
    }
    if (broken) await mendDatabase();
    await admit();
    await flush();
    const { requests } = await subject().usage();
    expect(await stored()).toEqual([["2030-01", requests]]);
    expect(aborts).toBeGreaterThan(15);
  });
});
