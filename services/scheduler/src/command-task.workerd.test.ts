import { beforeEach, describe, expect, it } from "vitest";

import { ask, auditOf, JOB, runMinutes, TASKS } from "./admin.fixture.ts";
import {
  clockOf,
  ledgerOf,
  MINUTE,
  setTime,
  SLOT,
  START,
  startAfresh,
  testEnv,
} from "./workerd.fixture.ts";

beforeEach(async () => {
  await startAfresh();
  await clockOf(JOB).arm(START);
});

describe("commands", () => {
  it("pauses and resumes, with every slot between on record", async () => {
    expect(await ask("POST", `${TASKS}/${JOB}/pause`)).toMatchObject({
      status: 200,
      body: { name: JOB, paused: true },
    });
    await runMinutes(0, 1);
    setTime(SLOT + 2 * MINUTE + 1);
    expect(await ask("POST", `${TASKS}/${JOB}/resume`)).toMatchObject({
      status: 200,
      body: { paused: false, lastState: "paused" },
    });
    await runMinutes(3);
    expect(await ledgerOf(JOB)).toEqual([
      [0, "paused"],
      [1, "paused"],
      [2, "paused"],
      [3, "ok"],
    ]);
    expect(await auditOf()).toEqual([
      { actor: "00ada", action: "scheduled-task.paused", subject: JOB },
      { actor: "00ada", action: "scheduled-task.resumed", subject: JOB },
    ]);
  });

  it("runs a job at once, under a slot of its own", async () => {
    expect(await ask("POST", `${TASKS}/cleanup/run`)).toEqual({
      status: 202,
      body: { name: "cleanup", slot: "2030-01-01T10:00:30.000Z", state: "running" },
    });
    await expect.poll(() => ledgerOf("cleanup")).toEqual([[-0.5, "ok"]]);
    expect(await auditOf()).toEqual([
      { actor: "00ada", action: "scheduled-task.started", subject: "cleanup" },
    ]);
  });

  it("does not start a job that is running", async () => {
    await testEnv.USERS.behave("hold");
    expect(await ask("POST", `${TASKS}/${JOB}/run`)).toMatchObject({ status: 202 });
    setTime(START + 1);
    expect(await ask("POST", `${TASKS}/${JOB}/run`)).toMatchObject({
      status: 409,
      body: { code: "conflict" },
    });
    await testEnv.USERS.release(1);
    await expect.poll(() => ledgerOf(JOB)).toEqual([[-0.5, "ok"]]);
    expect(await auditOf()).toHaveLength(1);
  });

  it("knows no job of another name", async () => {
    expect(await ask("POST", `${TASKS}/backup/run`)).toMatchObject({ status: 404 });
  });
});

describe("the scheduler's own clean-up", () => {
  it("deletes runs after 90 days and audit rows after two years", async () => {
    const day = 24 * 60 * MINUTE;
    await testEnv.DB.batch([
      ...[89, 91].map((age) =>
        testEnv.DB.prepare(
          "INSERT INTO runs (job, slot, state, origin) VALUES (?, ?, 'missed', 'schedule')",
        ).bind(JOB, START - age * day),
      ),
      ...[729, 731].map((age) =>
        testEnv.DB.prepare("INSERT INTO audit VALUES (?, ?, 'a', 'b', 'c', '{}', 'r')").bind(
          String(age),
          START - age * day,
        ),
      ),
    ]);
    await ask("POST", `${TASKS}/cleanup/run`);
    await expect.poll(() => ledgerOf("cleanup")).toEqual([[-0.5, "ok"]]);
    expect(await ledgerOf(JOB)).toHaveLength(1);
    expect(await auditOf()).toHaveLength(2);
  });
});
