import { err, ok } from "@luna/shared/rpc/result";
import type { TaskRunner } from "@luna/shared/rpc/tasks";
import { newTrace } from "@luna/shared/trace";
import { describe, expect, it } from "vitest";

import type { Job } from "./jobs.ts";
import { runSteps } from "./run-steps.ts";
import { scheduleOf } from "./schedule.ts";

const JOB: Job = {
  name: "cleanup",
  schedule: scheduleOf("0 0 * * *"),
  overlap: "skip",
  catchUp: { kind: "none" },
  timeoutMs: 20,
  graceMs: 1_000,
  steps: [
    { service: "auth", task: "cleanup" },
    { service: "users", task: "cleanup" },
  ],
};

const good: TaskRunner = { run: () => Promise.resolve(ok({ deleted: 3 })) };
const peers = { "billing-webhook": good, mailer: good, scheduler: good };

const stepsWith = (auth: TaskRunner) => runSteps(JOB, { ...peers, auth, users: good }, newTrace());

describe("the steps of a job", () => {
  it("report what each service did", async () => {
    expect(await stepsWith(good)).toEqual({
      reports: { auth: { deleted: 3 }, users: { deleted: 3 } },
      error: null,
    });
  });

  it("end in time although a service never answers", async () => {
    const hanging: TaskRunner = { run: () => new Promise(() => undefined) };
    expect(await stepsWith(hanging)).toEqual({
      reports: { users: { deleted: 3 } },
      error: "auth cleanup: no answer within 20 ms",
    });
  });

  it("say which service refused, and why", async () => {
    const refusing: TaskRunner = { run: () => Promise.resolve(err("unknown_task", "cleanup")) };
    expect((await stepsWith(refusing)).error).toBe("auth cleanup: unknown_task cleanup");
  });

  it("keep the error short enough to list", async () => {
    const verbose: TaskRunner = { run: () => Promise.reject(new Error("x".repeat(10_000))) };
    expect((await stepsWith(verbose)).error).toHaveLength(500);
  });
});
