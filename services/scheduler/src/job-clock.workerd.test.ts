import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { beforeEach, describe, expect, it } from "vitest";

import {
  clockOf,
  ledgerOf,
  MINUTE,
  peers,
  setTime,
  SLOT,
  START,
  startAfresh,
  testEnv,
} from "./workerd.fixture.ts";

const JOB = "outbox-sweep";

beforeEach(async () => {
  await startAfresh();
  await clockOf(JOB).arm(START);
});

/** Waits until the first slot runs. */
const isRunning = () => expect.poll(() => ledgerOf(JOB)).toEqual([[0, "running"]]);

const alarmOf = (job: string) =>
  runInDurableObject(clockOf(job), (_clock, state) => state.storage.getAlarm());

describe("the two clocks", () => {
  it("runs every slot by alarms alone", async () => {
    for (const minute of [0, 1, 2]) {
      setTime(SLOT + minute * MINUTE);
      expect(await alarmOf(JOB)).toBe(SLOT + minute * MINUTE);
      expect(await runDurableObjectAlarm(clockOf(JOB))).toBe(true);
    }
    expect(await ledgerOf(JOB)).toEqual([
      [0, "ok"],
      [1, "ok"],
      [2, "ok"],
    ]);
    expect(await alarmOf(JOB)).toBe(SLOT + 3 * MINUTE);
  });

  it("runs every slot by ticks alone", async () => {
    for (const minute of [0, 1, 2]) {
      await runInDurableObject(clockOf(JOB), (_clock, state) => state.storage.deleteAlarm());
      setTime(SLOT + minute * MINUTE + 700);
      await clockOf(JOB).due(SLOT + minute * MINUTE + 700);
    }
    expect(await ledgerOf(JOB)).toEqual([
      [0, "ok"],
      [1, "ok"],
      [2, "ok"],
    ]);
  });

  it("starts a slot once, however many ticks and alarms ask for it", async () => {
    setTime(SLOT);
    await testEnv.USERS.behave("hold");
    const all = Promise.all([
      runDurableObjectAlarm(clockOf(JOB)),
      ...Array.from({ length: 500 }, () => clockOf(JOB).due(SLOT)),
    ]);
    await isRunning();
    await testEnv.USERS.release(1);
    await all;
    expect(await ledgerOf(JOB)).toEqual([[0, "ok"]]);
    expect(await testEnv.USERS.asked()).toHaveLength(1);
  });

  it("does not start a slot again that the ledger knows, even with its own memory gone", async () => {
    setTime(SLOT);
    await clockOf(JOB).due(SLOT);
    await runInDurableObject(clockOf(JOB), (_clock, state) => state.storage.deleteAll());
    setTime(START);
    await clockOf(JOB).arm(START);
    setTime(SLOT);
    await clockOf(JOB).due(SLOT);
    expect(await ledgerOf(JOB)).toEqual([[0, "ok"]]);
    expect(await testEnv.MAILER.asked()).toHaveLength(1);
  });

  it("asks all four services as the scheduler, under one request id", async () => {
    setTime(SLOT);
    await clockOf(JOB).due(SLOT);
    const asked = (await Promise.all(peers.map((peer) => peer.asked()))).flat();
    expect(asked.map(({ task, caller }) => [task, caller])).toEqual(
      peers.map(() => ["sweep", "scheduler"]),
    );
    expect(new Set(asked.map(({ requestId }) => requestId)).size).toBe(1);
  });
});

describe("what goes wrong", () => {
  it("lets no failing step stop the others", async () => {
    setTime(SLOT);
    await testEnv.AUTH.behave("throw");
    await testEnv.BILLING.behave("refuse");
    await clockOf(JOB).due(SLOT);
    const row = await testEnv.DB.prepare("SELECT state, error FROM runs").first();
    expect(row).toEqual({
      state: "failed",
      error: "auth sweep: the service is down; billing-webhook sweep: unavailable no database",
    });
    expect(await testEnv.MAILER.asked()).toHaveLength(1);
    expect(await testEnv.USERS.asked()).toHaveLength(1);
  });

  it("records a slot that comes due during a run as skipped", async () => {
    setTime(SLOT + 50_000);
    await testEnv.USERS.behave("hold");
    const run = clockOf(JOB).due(SLOT);
    await isRunning();
    setTime(SLOT + MINUTE);
    await clockOf(JOB).due(SLOT + MINUTE);
    await testEnv.USERS.release(1);
    await run;
    expect(await ledgerOf(JOB)).toEqual([
      [0, "ok"],
      [1, "skipped_overlap"],
    ]);
    expect(await testEnv.USERS.asked()).toHaveLength(1);
  });

  it("has an alarm at the end of its lease while a run goes on", async () => {
    setTime(SLOT);
    await testEnv.USERS.behave("hold");
    const run = runDurableObjectAlarm(clockOf(JOB));
    await isRunning();
    expect(await alarmOf(JOB)).toBe(SLOT + 40_000);
    await testEnv.USERS.release(1);
    await run;
    expect(await alarmOf(JOB)).toBe(SLOT + MINUTE);
  });

  it("does not let a run that outlived its lease change what the ledger says", async () => {
    setTime(SLOT);
    await testEnv.USERS.behave("hold");
    const run = clockOf(JOB).due(SLOT);
    await isRunning();
    setTime(SLOT + MINUTE);
    const next = clockOf(JOB).due(SLOT + MINUTE);
    const present = [
      [0, "lost"],
      [1, "running"],
    ];
    await expect.poll(() => ledgerOf(JOB)).toEqual(present);
    await expect.poll(() => testEnv.USERS.asked()).toHaveLength(2);
    await testEnv.USERS.release(1);
    await run;
    expect(await ledgerOf(JOB)).toEqual(present);
    await testEnv.USERS.release(2);
    await next;
    expect(await ledgerOf(JOB)).toEqual([
      [0, "lost"],
      [1, "ok"],
    ]);
  });

  it("counts a run as lost once its lease is over, and goes on with the newest slot", async () => {
    setTime(SLOT);
    await clockOf(JOB).due(SLOT);
    // What a kill in the middle of the run leaves behind: a row and a lease, and nobody at work.
    await runInDurableObject(clockOf(JOB), (_clock, { storage }) => {
      const state = storage.kv.get<{ lease: object }>("clock");
      storage.kv.put("clock", {
        ...state,
        lease: { ...state?.lease, outcome: null, settled: false },
      });
    });
    await testEnv.DB.prepare("UPDATE runs SET state = 'running', finished_at = NULL").run();
    await evictDurableObject(clockOf(JOB));

    setTime(SLOT + MINUTE / 2);
    await clockOf(JOB).due(SLOT + MINUTE / 2);
    expect(await ledgerOf(JOB)).toEqual([[0, "running"]]);
    expect(await alarmOf(JOB)).toBe(SLOT + 40_000);

    setTime(SLOT + 4 * MINUTE);
    await Promise.all([
      runDurableObjectAlarm(clockOf(JOB)),
      ...Array.from({ length: 50 }, () => clockOf(JOB).due(SLOT + 4 * MINUTE)),
    ]);
    expect(await ledgerOf(JOB)).toEqual([
      [0, "lost"],
      [1, "skipped_catchup"],
      [2, "skipped_catchup"],
      [3, "skipped_catchup"],
      [4, "ok"],
    ]);
  });

  it("keeps its alarm and its slots while the database refuses", async () => {
    await testEnv.DB.exec("ALTER TABLE runs RENAME TO gone");
    setTime(SLOT);
    await runDurableObjectAlarm(clockOf(JOB));
    expect(await alarmOf(JOB)).toBe(SLOT + 5_000);
    await testEnv.DB.exec("ALTER TABLE gone RENAME TO runs");
    setTime(SLOT + 5_000);
    await runDurableObjectAlarm(clockOf(JOB));
    expect(await ledgerOf(JOB)).toEqual([[0, "ok"]]);
  });
});
