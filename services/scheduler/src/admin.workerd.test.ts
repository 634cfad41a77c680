import type { Caller } from "@luna/shared/rpc/caller";
import { runInDurableObject } from "cloudflare:test";
import { exports } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";

import { ask, auditOf, client, door, JOB, runMinutes, signedIn, TASKS } from "./admin.fixture.ts";
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

describe("the door", () => {
  it("answers 404 to plain HTTP", async () => {
    const response = await exports.default.fetch("https://luna.test/v1/admin/scheduled-tasks");
    expect(response.status).toBe(404);
  });

  it("arms every clock when asked for its health", async () => {
    await runInDurableObject(clockOf("cleanup"), (_clock, state) => state.storage.deleteAlarm());
    setTime(START + 2 * MINUTE);
    expect(await door.health()).toMatchObject({ status: "healthy" });
    await expect
      .poll(() =>
        runInDurableObject(clockOf("cleanup"), (_clock, state) => state.storage.getAlarm()),
      )
      .toBe(Date.UTC(2030, 0, 2));
  });

  it("runs what is due when the minute tick comes", async () => {
    setTime(SLOT + 400);
    await exports.default.scheduled();
    expect(await ledgerOf(JOB)).toEqual([[0, "ok"]]);
  });

  it("lets only administrators in", async () => {
    const anonymous: Caller = { kind: "anonymous", client };
    expect(await ask("GET", TASKS, anonymous)).toMatchObject({ status: 401 });
    expect(await ask("POST", `${TASKS}/${JOB}/pause`, signedIn("user"))).toMatchObject({
      status: 403,
      body: { code: "forbidden" },
    });
    expect(await auditOf()).toEqual([]);
  });
});

describe("the list", () => {
  it("shows each job with its next slot and how it went last", async () => {
    await testEnv.MAILER.behave("refuse");
    await runMinutes(0, 1);
    const { status, body } = await ask("GET", TASKS);
    expect(status).toBe(200);
    expect(body).toEqual({
      items: [
        {
          name: JOB,
          cron: "* * * * *",
          next: "2030-01-01T10:03:00.000Z",
          paused: false,
          lastSlot: "2030-01-01T10:02:00.000Z",
          lastState: "failed",
          consecutiveFailures: 2,
        },
        {
          name: "billing-reconcile-recent",
          cron: "*/15 * * * *",
          next: "2030-01-01T10:15:00.000Z",
          paused: false,
          lastSlot: null,
          lastState: null,
          consecutiveFailures: 0,
        },
        {
          name: "billing-reconcile",
          cron: "8 * * * *",
          next: "2030-01-01T10:08:00.000Z",
          paused: false,
          lastSlot: null,
          lastState: null,
          consecutiveFailures: 0,
        },
        {
          name: "cleanup",
          cron: "0 0 * * *",
          next: "2030-01-02T00:00:00.000Z",
          paused: false,
          lastSlot: null,
          lastState: null,
          consecutiveFailures: 0,
        },
        {
          name: "optimize",
          cron: "0 2 * * SUN",
          next: "2030-01-06T02:00:00.000Z",
          paused: false,
          lastSlot: null,
          lastState: null,
          consecutiveFailures: 0,
        },
      ],
      nextCursor: null,
    });
  });
});

describe("the history", () => {
  it("tells every slot, newest first, run or not", async () => {
    await runMinutes(0);
    await testEnv.AUTH.behave("refuse");
    await runMinutes(2);
    const { body } = await ask("GET", `${TASKS}/history`);
    expect(body).toEqual({
      total: 3,
      successful: 1,
      failed: 1,
      recentExecutions: [
        {
          name: JOB,
          slot: "2030-01-01T10:03:00.000Z",
          state: "failed",
          durationMs: 0,
          error: "auth sweep: unavailable no database",
        },
        { name: JOB, slot: "2030-01-01T10:02:00.000Z", state: "skipped_catchup", durationMs: 0 },
        { name: JOB, slot: "2030-01-01T10:01:00.000Z", state: "ok", durationMs: 0 },
      ],
    });
  });

  it("is as long as asked for, and refuses to be longer than a hundred", async () => {
    await runMinutes(0, 1, 2);
    const two = await ask("GET", `${TASKS}/history?limit=2`);
    expect(two.body).toMatchObject({ total: 3, successful: 3 });
    expect(two.body["recentExecutions"]).toHaveLength(2);
    expect(await ask("GET", `${TASKS}/history?limit=101`)).toMatchObject({ status: 422 });
  });
});
