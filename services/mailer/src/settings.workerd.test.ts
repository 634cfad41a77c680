import { runDurableObjectAlarm } from "cloudflare:test";
import * as v from "valibot";
import { beforeEach, describe, expect, it, vi } from "vitest";

import { ask } from "./admin.fixture.ts";
import { reasonNotToSend } from "./deliver-mail.ts";
import { deliveryOf, sweeperOf } from "./delivery.ts";
import { MailSummary } from "./settings.ts";
import { settle } from "./settle.ts";
import {
  acceptWithoutHint,
  claimOne,
  deliver,
  HOUR,
  openParts,
  receipt,
  received,
  rows,
  sendGridFault,
  sinkFault,
  START,
  startAfresh,
  testEnv,
  theDelivery,
  verify,
} from "./workerd.fixture.ts";

beforeEach(startAfresh);

const receipts = (count: number) =>
  Array.from({ length: count }, (_, n) => receipt(`receipt:a:${n}`));
const summary = async () => v.parse(MailSummary, (await ask("GET", "/mail/summary")).body);
const choose = (transport: string) => ask("PUT", "/mail/transport", { transport });
const pause = (template: string, paused: boolean) =>
  ask("PUT", `/mail/templates/${template}`, { paused });
const audited = async () =>
  (await testEnv.DB.prepare("SELECT actor, action, subject, detail FROM audit").all()).results;
const attempts = async () =>
  (await testEnv.DB.prepare("SELECT n FROM attempts").all()).results.length;

describe("a provider that refuses everyone", () => {
  beforeEach(async () => {
    await choose("sendgrid");
    await sendGridFault("401");
    await acceptWithoutHint(...receipts(50));
  });

  it("is asked once in thirty seconds, costs no mail an attempt and kills none", async () => {
    for (let seconds = 0; seconds <= 600; seconds += 10) {
      vi.setSystemTime(START + seconds * 1_000);
      await Promise.all([deliver(), deliver()]);
    }
    expect(await attempts()).toBeLessThanOrEqual(1 + 600 / 30 + 1);
    expect((await rows()).map(({ attempts: spent }) => spent)).toEqual(Array(50).fill(0));
    const { states, transports } = await summary();
    expect(states.queued + states.retry).toBe(50);
    expect(transports.find(({ active }) => active)).toMatchObject({
      transport: "sendgrid",
      circuit: "open",
      reason: "http_401",
    });
    await sendGridFault("none");
    vi.setSystemTime(START + 700_000);
    await expect(deliver()).resolves.toMatchObject({ sent: 50 });
    expect(await received()).toHaveLength(50);
  });

  it("says so once in the log", async () => {
    const lines = vi.spyOn(console, "log").mockImplementation(() => {});
    for (const minutes of [0, 1, 2, 3]) {
      vi.setSystemTime(START + minutes * 60_000);
      await deliver();
    }
    const alarms = lines.mock.calls.map(String).filter((line) => line.includes("circuit opened"));
    lines.mockRestore();
    expect(alarms).toHaveLength(1);
  });

  it("can be left for another, without a deploy and without waiting", async () => {
    await deliver();
    expect((await choose("smtp")).status).toBe(200);
    await runDurableObjectAlarm(sweeperOf(testEnv));
    expect(await received()).toHaveLength(50);
    expect((await summary()).states.sent).toBe(50);
    expect((await audited()).map(({ actor, detail }) => [actor, detail])).toEqual([
      ["00root", '{"transport":"sendgrid"}'],
      ["00root", '{"transport":"smtp"}'],
    ]);
  });

  it("lets one-time mails expire meanwhile", async () => {
    await acceptWithoutHint(await verify("verify:a:1", { expiresAt: START + HOUR }));
    await deliver();
    vi.setSystemTime(START + HOUR + 1_000);
    await Promise.all([deliver(), deliver()]);
    expect((await rows()).filter(({ state }) => state === "expired")).toMatchObject([
      { reason: "expired", sealed: null },
    ]);
  });
});

describe("a server that is away", () => {
  it("parks what it has not refused yet, and gets it all when it is back", async () => {
    await sinkFault("refuse");
    await acceptWithoutHint(...receipts(50));
    await deliver();
    const tried = (await rows()).filter(({ attempts: spent }) => spent > 0).length;
    expect(tried).toBeLessThan(20);
    await sinkFault("none");
    vi.setSystemTime(START + 2 * HOUR);
    await deliver();
    vi.setSystemTime(START + 4 * HOUR);
    await deliver();
    expect((await summary()).states.sent).toBe(50);
  });
});

describe("a paused template", () => {
  it("holds its mails, and no other's, until it is resumed", async () => {
    await expect(pause("receipt", true)).resolves.toEqual({
      status: 200,
      body: { template: "receipt", paused: true, released: 0 },
    });
    await acceptWithoutHint(...receipts(3), await verify("verify:a:1"));
    await deliver();
    expect(await summary()).toMatchObject({
      states: { held: 3, sent: 1 },
      reasons: [{ state: "held", reason: "template_paused", mails: 3 }],
      pausedTemplates: ["receipt"],
    });
    const resumed = await pause("receipt", false);
    expect(resumed.body).toEqual({ template: "receipt", paused: false, released: 3 });
    await deliver();
    expect(await received()).toHaveLength(4);
    expect((await audited()).map(({ action, subject }) => [action, subject])).toEqual([
      ["template.paused", "receipt"],
      ["template.resumed", "receipt"],
    ]);
  });

  it("that is resumed lets go what was in hand at that moment, too", async () => {
    await pause("receipt", true);
    await acceptWithoutHint(...receipts(1));
    const mail = await claimOne("slow", START);
    if (mail === null) throw new Error("not claimed");
    await pause("receipt", false);
    const outcome = reasonNotToSend(mail, deliveryOf(openParts()));
    if (outcome === null) throw new Error("not withheld");
    const rules = { backoff: [], onAmbiguous: "resend", now: START, random: () => 0 } as const;
    await theDelivery().settle(
      [{ ...mail, outcome, settlement: settle(1, outcome, rules) }],
      START,
    );
    await deliver();
    expect(await rows()).toMatchObject([{ state: "sent", attempts: 1 }]);
  });

  it("does not send late what expired while it was held", async () => {
    await pause("verify", true);
    await acceptWithoutHint(await verify("verify:a:1", { expiresAt: START + HOUR }));
    await deliver();
    vi.setSystemTime(START + HOUR);
    await pause("verify", false);
    await deliver();
    expect(await rows()).toMatchObject([{ state: "expired", reason: "expired", sealed: null }]);
    expect(await received()).toEqual([]);
  });

  it("can be paused twice, which is written down once", async () => {
    await pause("receipt", true);
    await pause("receipt", true);
    expect(await audited()).toHaveLength(1);
  });
});

describe("the summary", () => {
  it("counts every accepted mail once and explains each that was not sent", async () => {
    await acceptWithoutHint(...receipts(2));
    await deliver();
    await sinkFault("550");
    await acceptWithoutHint(receipt("receipt:b:1"));
    await deliver();
    await acceptWithoutHint(receipt("receipt:c:1"));
    vi.setSystemTime(START + 90_000);
    const { accepted, states, reasons, oldestWaitingSeconds } = await summary();
    expect(accepted).toBe(4);
    expect(Object.values(states).reduce((sum, mails) => sum + mails, 0)).toBe(accepted);
    expect(states).toMatchObject({ sent: 2, failed: 1, queued: 1 });
    expect(reasons).toEqual([{ state: "failed", reason: "smtp_550", mails: 1 }]);
    expect(oldestWaitingSeconds).toBe(90);
  });
});

describe("bad input", () => {
  it.each([
    ["PUT", "/mail/transport", { transport: "pigeon" }, 422],
    ["PUT", "/mail/transport", { transport: "smtp", force: true }, 422],
    ["PUT", "/mail/templates/nothing", { paused: true }, 404],
    ["PUT", "/mail/templates/receipt", { paused: "yes" }, 422],
    ["POST", "/mail/suppressions/lift", {}, 422],
    ["GET", "/mail/suppressions?address=x", undefined, 422],
  ])("%s %s %o is refused and changes nothing", async (method, path, body, status) => {
    expect((await ask(method, path, body)).status).toBe(status);
    expect(await audited()).toEqual([]);
  });

  it.each([
    ["GET", "/mail/summary"],
    ["PUT", "/mail/transport"],
    ["PUT", "/mail/templates/receipt"],
    ["GET", "/mail/suppressions"],
    ["POST", "/mail/suppressions/lift"],
  ])("%s %s is for administrators only", async (method, path) => {
    expect((await ask(method, path, undefined, "user")).status).toBe(403);
  });
});
