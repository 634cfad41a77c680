import type { Caller } from "@luna/shared/rpc/caller";
import type { ServiceDoor } from "@luna/shared/rpc/door";
import type { TaskRunner } from "@luna/shared/rpc/tasks";
import { exchange } from "@luna/shared/rpc/exchange";
import { exports } from "cloudflare:workers";
import * as v from "valibot";
import { beforeEach, describe, expect, it, vi } from "vitest";

import { DeadLetterReport, MailPage, MailTimeline } from "./mail.ts";
import type { Outcome } from "./outcome.ts";
import {
  acceptWithoutHint,
  deliver,
  HOUR,
  onlyRow,
  receipt,
  received,
  sinkFault,
  START,
  startAfresh,
  testEnv,
  trace,
  verify,
} from "./workerd.fixture.ts";

const doors = exports as unknown as { ForGateway: ServiceDoor; ForScheduler: TaskRunner };
const client = { address: "192.0.2.1", region: null, userAgent: "test", language: "en" };
const signedIn = (role: "user" | "admin"): Caller => ({
  kind: "user",
  client,
  userId: "00root",
  credential: { kind: "session", sessionId: "00session" },
  role,
  tier: "free",
});

const ask = async (
  method: string,
  path: string,
  body?: unknown,
  role: "user" | "admin" = "admin",
) => {
  const request = new Request(`https://luna.test/v1/admin${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    headers: { "content-type": "application/json" },
  });
  const response = await exchange(doors.ForGateway, request, signedIn(role));
  return { status: response.status, body: await response.json<Record<string, unknown>>() };
};

/** A mail that has used up its three attempts. */
const deadMail = async (): Promise<string> => {
  await sinkFault("451");
  const [id = ""] = await acceptWithoutHint(await verify("verify:a:1"));
  for (const hours of [0, 2, 4]) {
    vi.setSystemTime(START + hours * HOUR);
    await deliver();
  }
  return id;
};

beforeEach(startAfresh);

describe("looking", () => {
  it("lists mails newest first, page by page, by state", async () => {
    const [older, newer] = [
      await acceptWithoutHint(receipt("receipt:a:1")),
      (vi.setSystemTime(START + 1), await acceptWithoutHint(receipt("receipt:a:2"))),
    ];
    const first = v.parse(MailPage, (await ask("GET", "/mail?limit=1")).body);
    expect(first.items.map(({ id }) => id)).toEqual(newer);
    const second = v.parse(
      MailPage,
      (await ask("GET", `/mail?limit=1&cursor=${first.nextCursor}`)).body,
    );
    expect(second.items.map(({ id }) => id)).toEqual(older);
    expect(second.nextCursor).toBeNull();
    expect((await ask("GET", "/mail?state=sent")).body).toEqual({ items: [], nextCursor: null });
  });

  it("never shows what is in a mail", async () => {
    const [id] = await acceptWithoutHint(
      await verify("verify:a:1", { vars: { name: "Secret Ada" } }),
    );
    const answers = JSON.stringify([await ask("GET", "/mail"), await ask("GET", `/mail/${id}`)]);
    expect(answers).not.toMatch(/Secret Ada|sealed|vars|t1\./);
  });

  it("tells everything that happened to one mail", async () => {
    const id = await deadMail();
    const mail = v.parse(MailTimeline, (await ask("GET", `/mail/${id}`)).body);
    expect(mail).toMatchObject({ state: "dead", reason: "smtp_451", nextAttemptAt: null });
    expect(mail.timeline.map(({ n, class: kind, code }) => [n, kind, code])).toEqual([
      [1, "transient", "smtp_451"],
      [2, "transient", "smtp_451"],
      [3, "transient", "smtp_451"],
    ]);
  });

  it("knows no mail that does not exist", async () => {
    await expect(ask("GET", "/mail/00nobody")).resolves.toMatchObject({ status: 404 });
  });

  it("lets nobody in but administrators", async () => {
    await expect(ask("GET", "/mail", undefined, "user")).resolves.toMatchObject({ status: 403 });
  });
});

describe("sending again", () => {
  it("delivers a dead mail and writes down who asked", async () => {
    const id = await deadMail();
    await sinkFault("none");
    const answer = await ask("POST", `/mail/${id}/retry`);
    expect(v.parse(MailTimeline, answer.body)).toMatchObject({ state: "sent", attempts: 1 });
    expect(await received()).toHaveLength(1);
    const audit = await testEnv.DB.prepare("SELECT actor, action, subject FROM audit").all();
    expect(audit.results).toEqual([{ actor: "00root", action: "mail.retried", subject: id }]);
  });

  it("delivers a refused mail that never had a secret", async () => {
    await sinkFault("550");
    const [id] = await acceptWithoutHint(receipt("receipt:a:1"));
    await deliver();
    expect((await onlyRow()).state).toBe("failed");
    await sinkFault("none");
    await expect(ask("POST", `/mail/${id}/retry`)).resolves.toMatchObject({
      status: 200,
      body: { state: "sent" },
    });
  });

  it("refuses a mail that was sent, and one whose secret is gone", async () => {
    const [sentId] = await acceptWithoutHint(receipt("receipt:a:1"));
    await deliver();
    await sinkFault("550");
    const [failedId] = await acceptWithoutHint(await verify("verify:a:1"));
    await deliver();
    await expect(ask("POST", `/mail/${sentId}/retry`)).resolves.toMatchObject({ status: 409 });
    await expect(ask("POST", `/mail/${failedId}/retry`)).resolves.toMatchObject({ status: 409 });
  });

  it("leaves a mail alone that is under way, whoever asks for what", async () => {
    const [id = ""] = await acceptWithoutHint(receipt("receipt:a:1"));
    const begun = Promise.withResolvers<void>();
    const answered = Promise.withResolvers<Outcome>();
    const delivering = deliver({
      name: "smtp",
      send: () => {
        begun.resolve();
        return answered.promise;
      },
      close: () => Promise.resolve(),
    });
    await begun.promise;
    const asked = await Promise.all([
      ask("POST", `/mail/${id}/retry`),
      ask("POST", `/mail/${id}/retry`),
      ask("POST", "/mail/retry", { ids: [id] }),
      ask("POST", "/mail/release", { ids: [id] }),
      ask("POST", "/mail/drop", { ids: [id] }),
      ask("POST", "/email/process-dlq", {}),
    ]);
    expect(asked.map(({ status }) => status)).toEqual([409, 409, 200, 200, 200, 200]);
    expect(asked.slice(2).map(({ body }) => body["changed"] ?? body["processed"])).toEqual([
      0, 0, 0, 0,
    ]);
    answered.resolve({ class: "sent", code: "ok", detail: "", providerId: null });
    await delivering;
    expect(await onlyRow()).toMatchObject({ state: "sent", attempts: 1 });
    // The transport above took it; no other run may have.
    expect(await received()).toEqual([]);
  });

  it("empties the dead letters and reports each", async () => {
    const id = await deadMail();
    await sinkFault("none");
    const answer = await ask("POST", "/email/process-dlq", { limit: 5 });
    expect(v.parse(DeadLetterReport, answer.body)).toEqual({
      processed: 1,
      errors: 0,
      items: [{ id, state: "sent", reason: "smtp_250" }],
    });
    expect((await ask("POST", "/email/process-dlq", {})).body).toMatchObject({ processed: 0 });
  });

  it("counts a dead mail that fails again as an error", async () => {
    await deadMail();
    const { body } = await ask("POST", "/email/process-dlq", {});
    expect(body).toMatchObject({ processed: 1, errors: 1, items: [{ state: "retry" }] });
  });
});

describe("the scheduler's tasks", () => {
  it("sweeps what is due", async () => {
    await acceptWithoutHint(receipt("receipt:a:1"));
    await expect(doors.ForScheduler.run("sweep", trace)).resolves.toEqual({
      ok: true,
      value: { sent: 1, unsent: 0, purged: 0 },
    });
  });

  it("destroys the secret of a dead mail once it has expired", async () => {
    await deadMail();
    vi.setSystemTime(START + 25 * HOUR);
    await doors.ForScheduler.run("sweep", trace);
    expect(await onlyRow()).toMatchObject({ state: "dead", sealed: null });
  });

  it("deletes a sent mail after 30 days and a dead one after 90", async () => {
    await deadMail();
    await sinkFault("none");
    await acceptWithoutHint(receipt("receipt:a:1"));
    await deliver();
    vi.setSystemTime(START + 31 * 24 * HOUR);
    await expect(doors.ForScheduler.run("cleanup", trace)).resolves.toMatchObject({
      value: { mails: 1 },
    });
    expect((await onlyRow()).state).toBe("dead");
    vi.setSystemTime(START + 91 * 24 * HOUR);
    await doors.ForScheduler.run("cleanup", trace);
    const left = await testEnv.DB.prepare("SELECT COUNT(*) AS n FROM attempts").first();
    expect(left).toEqual({ n: 0 });
  });
});

it("answers plain HTTP with 404", async () => {
  const response = await exports.default.fetch("https://mailer.test/v1/admin/mail");
  expect(response.status).toBe(404);
});
