import { runDurableObjectAlarm } from "cloudflare:test";
import { beforeEach, describe, expect, it, vi } from "vitest";

import { LEASE_MS } from "./delivery-store.ts";
import { sweeperOf } from "./delivery.ts";
import {
  acceptWithoutHint,
  claimOne,
  deliver,
  door,
  HOUR,
  LINK,
  onlyRow,
  receipt,
  received,
  rows,
  sinkFault,
  START,
  startAfresh,
  testEnv,
  theDelivery,
  trace,
  verify,
} from "./workerd.fixture.ts";

beforeEach(startAfresh);

/** A busy machine is slow; nothing waits that long for what does not come. */
const PATIENCE = { timeout: 30_000, interval: 50 };

const sent = { class: "sent", code: "smtp_250", detail: "", providerId: null } as const;
const asSent = { state: "sent", nextAt: START, attempts: 1, reason: "smtp_250" } as const;

describe("accepting", () => {
  it("delivers an accepted mail with its sealed link, through queue and TCP", async () => {
    await expect(door.accept([await verify("verify:a:1")], trace)).resolves.toEqual({
      ok: true,
      value: null,
    });
    await vi.waitFor(async () => expect(await received()).toHaveLength(1), PATIENCE);
    const [mail] = await received();
    expect(mail).toMatchObject({ to: ["ada@example.com"], subject: "Confirm your email address" });
    expect(mail?.text).toContain(LINK);
    expect(mail?.headers).toMatchObject({ "auto-submitted": "auto-generated" });
  });

  it("takes a repeated key for the same mail", async () => {
    await door.accept([receipt("receipt:a:1")], trace);
    await door.accept([receipt("receipt:a:1"), receipt("receipt:a:1", { to: "eve@x.org" })], trace);
    await vi.waitFor(async () => expect((await onlyRow()).state).toBe("sent"), PATIENCE);
    expect(await received()).toHaveLength(1);
  });

  it("writes nothing when one intent does not fit", async () => {
    const wrong = receipt("receipt:a:2", { vars: { name: "Ada" } });
    const result = await door.accept([receipt("receipt:a:1"), wrong], trace);
    expect(result).toMatchObject({ ok: false, code: "invalid_input" });
    expect(await rows()).toEqual([]);
  });

  it("arms the alarm before it writes", async () => {
    await acceptWithoutHint(receipt("receipt:a:1"));
    await expect(runDurableObjectAlarm(sweeperOf(testEnv))).resolves.toBe(true);
    expect(await received()).toHaveLength(1);
  });
});

describe("claiming", () => {
  it("gives a mail to one of many that ask at once", async () => {
    await acceptWithoutHint(receipt("receipt:a:1"));
    const claims = await Promise.all(
      Array.from({ length: 20 }, (_, n) => claimOne(`run${n}`, START)),
    );
    expect(claims.filter((claim) => claim !== null)).toHaveLength(1);
  });

  it("writes no result once the mail is in other hands", async () => {
    await acceptWithoutHint(receipt("receipt:a:1"));
    const first = await claimOne("first", START);
    const second = await claimOne("second", START + LEASE_MS);
    if (first === null || second === null) throw new Error("not claimed");
    const late = { ...first, outcome: sent, settlement: { ...asSent, state: "failed" } } as const;
    await expect(theDelivery().settle([late], START)).resolves.toEqual(new Set());
    const ours = { ...second, outcome: sent, settlement: asSent };
    await expect(theDelivery().settle([ours], START)).resolves.toEqual(new Set([second.id]));
    expect((await onlyRow()).state).toBe("sent");
  });

  it("sends again, under the same Message-ID, what a crash left in doubt", async () => {
    const [id] = await acceptWithoutHint(receipt("receipt:a:1"));
    await claimOne("first", START);
    await deliver();
    expect(await received()).toHaveLength(0);
    vi.setSystemTime(START + LEASE_MS);
    await deliver();
    expect((await received())[0]?.headers["message-id"]).toBe(`<${id}@mail.example.com>`);
    expect(await onlyRow()).toMatchObject({ state: "sent", ambiguous: 1, attempts: 2 });
  });
});

describe("deciding not to send", () => {
  it("never sends a mail that came too late, and destroys its secret", async () => {
    await acceptWithoutHint(await verify("verify:a:1", { expiresAt: START }));
    await deliver();
    expect(await onlyRow()).toMatchObject({ state: "expired", sealed: null });
    expect(await received()).toEqual([]);
  });

  it("sends nothing to a suppressed address, however it is written", async () => {
    await testEnv.DB.prepare(
      "INSERT INTO suppressions (address, reason, created_at) VALUES ('ada@example.com', 'bounce', 0)",
    ).run();
    await acceptWithoutHint(receipt("receipt:a:1", { to: "Ada@Example.com" }));
    await deliver();
    expect((await onlyRow()).state).toBe("suppressed");
    expect(await received()).toEqual([]);
  });

  it("explains an address that could smuggle a command, and sends nothing", async () => {
    const to = "ada@example.com>\r\nRCPT TO:<eve@example.com";
    await acceptWithoutHint(receipt("receipt:a:1", { to }));
    await deliver();
    expect(await onlyRow()).toMatchObject({ state: "failed", reason: "invalid_address" });
    expect(await received()).toEqual([]);
  });
});

describe("what a delivery leaves behind", () => {
  it("destroys the secret of a sent mail", async () => {
    await acceptWithoutHint(await verify("verify:a:1"));
    await deliver();
    expect(await onlyRow()).toMatchObject({ state: "sent", sealed: null });
  });

  it("keeps the secret of a mail that still has attempts, then of a dead one until it expires", async () => {
    await sinkFault("451");
    await acceptWithoutHint(await verify("verify:a:1"));
    await deliver();
    expect(await onlyRow()).toMatchObject({ state: "retry", reason: "smtp_451", attempts: 1 });
    vi.setSystemTime(START + 2 * HOUR);
    await deliver();
    vi.setSystemTime(START + 4 * HOUR);
    await deliver();
    expect(await onlyRow()).toMatchObject({ state: "dead", attempts: 3 });
    expect((await onlyRow()).sealed).not.toBeNull();
  });

  it("ends a mail that the server refuses for good", async () => {
    await sinkFault("550");
    await acceptWithoutHint(await verify("verify:a:1"));
    await deliver();
    expect(await onlyRow()).toMatchObject({ state: "failed", reason: "smtp_550", sealed: null });
  });

  it("counts an attempt as ambiguous when the line is cut where the answer belongs", async () => {
    await sinkFault("cut-before-250");
    await acceptWithoutHint(receipt("receipt:a:1"));
    await deliver();
    expect(await onlyRow()).toMatchObject({ state: "retry", reason: "smtp_cut_dot", ambiguous: 1 });
  });

  it("carries the producer's trace to the line that says sent", async () => {
    const lines = vi.spyOn(console, "log").mockImplementation(() => {});
    await acceptWithoutHint(receipt("receipt:a:1"));
    await deliver();
    const line = lines.mock.calls.map(String).find((text) => text.includes('"mail sent"'));
    lines.mockRestore();
    expect(JSON.parse(line ?? "{}")).toMatchObject({
      requestId: "request-of-the-producer",
      traceId: trace.traceId,
      state: "sent",
    });
    expect(line).not.toContain("ada@example.com");
  });
});

it("delivers many mails over shared connections", async () => {
  await acceptWithoutHint(...Array.from({ length: 40 }, (_, n) => receipt(`receipt:a:${n}`)));
  await expect(deliver()).resolves.toMatchObject({ sent: 40, unsent: 0 });
  expect(new Set((await received()).map(({ headers }) => headers["message-id"])).size).toBe(40);
});
