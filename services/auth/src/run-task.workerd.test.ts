import type { TaskName } from "@luna/shared/rpc/tasks";
import { newTrace } from "@luna/shared/trace";
import { beforeEach, describe, expect, it } from "vitest";

import { newPerson } from "./person.fixture.ts";
import {
  DAY,
  gateway,
  HOUR,
  MAILER,
  mails,
  NOW,
  PASSWORD,
  rowsOf,
  scheduler,
  setTime,
  settledOutbox,
  signUp,
  startAfresh,
} from "./workerd.fixture.ts";

beforeEach(startAfresh);

const EMAIL = "ann@example.com";

describe("what the scheduler asks", () => {
  const run = (task: TaskName) => scheduler.run(task, newTrace());

  it("delivers what is due", async () => {
    await MAILER.behave("unavailable");
    await signUp(EMAIL);
    await mails(1);
    await settledOutbox();
    await MAILER.behave("ok");
    expect(await run("sweep")).toEqual({ ok: true, value: { delivered: 0 } });
    setTime(NOW + HOUR);
    expect(await run("sweep")).toEqual({ ok: true, value: { delivered: 1 } });
    expect(await rowsOf("outbox")).toEqual([]);
  });

  it("deletes what is past its retention and nothing else", async () => {
    const ann = await newPerson(EMAIL);
    await signUp("new@example.com");
    const change = { newEmail: "next@example.com", password: PASSWORD };
    await ann.ask("POST", "/v1/auth/change-email", change);
    await mails(4);
    await settledOutbox();
    // Each limit at its very moment, and one millisecond past it.
    setTime(NOW + 7 * DAY);
    expect(await run("cleanup")).toEqual({
      ok: true,
      value: {
        signUps: 0,
        sessions: 0,
        passwordResets: 0,
        emailChanges: 0,
        apiKeys: 0,
        audit: 0,
      },
    });
    setTime(NOW + 7 * DAY + 1_000);
    expect(await run("cleanup")).toMatchObject({
      value: { signUps: 2, emailChanges: 1, sessions: 0, audit: 0 },
    });
    setTime(NOW + (7 + 30) * DAY - 1);
    expect(await run("cleanup")).toMatchObject({ value: { sessions: 0, audit: 0 } });
    setTime(NOW + (7 + 30) * DAY + 1_000);
    expect(await run("cleanup")).toMatchObject({ value: { sessions: 1, audit: 0 } });
    setTime(NOW + 730 * DAY + 1_000);
    expect(await run("cleanup")).toMatchObject({ value: { sessions: 0, audit: 4 } });
    expect(await rowsOf("accounts")).toHaveLength(1);
  });

  it("optimizes the database", async () => {
    expect(await run("optimize")).toEqual({ ok: true, value: { optimized: 1 } });
  });

  it("answers an unknown task with a value", async () => {
    expect(await run("format_disk" as TaskName)).toMatchObject({ ok: false, code: "unknown_task" });
  });
});

describe("health", () => {
  it("is healthy with its configuration and its database", async () => {
    expect(await gateway.health()).toMatchObject({
      status: "healthy",
      checks: { configuration: true, database: true },
    });
  });
});
