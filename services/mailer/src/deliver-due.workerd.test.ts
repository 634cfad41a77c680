import { createMessageBatch, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { beforeEach, describe, expect, it, vi } from "vitest";

import { FAILURES_TO_OPEN } from "./circuit.ts";
import { consumeHints } from "./consume-hints.ts";
import { LEASE_MS } from "./delivery-store.ts";
import { sweeperOf } from "./delivery.ts";
import { hintOf } from "./hint.ts";
import { failure, type Outcome } from "./outcome.ts";
import { refusalOutcome } from "./smtp-refusal.ts";
import type { Transport } from "./transport.ts";
import {
  acceptWithoutHint,
  claimOne,
  deliver,
  HOUR,
  openParts,
  receipt,
  received,
  rows,
  sinkFault,
  START,
  startAfresh,
  testEnv,
  trace,
} from "./workerd.fixture.ts";

beforeEach(startAfresh);

const transportOf = (send: () => Promise<Outcome>): Transport => ({
  name: "smtp",
  send,
  close: () => Promise.resolve(),
});
/** A busy machine is slow; nothing waits that long for what does not come. */
const PATIENCE = { timeout: 20_000, interval: 50 };
const receipts = (count: number) =>
  Array.from({ length: count }, (_, n) => receipt(`receipt:a:${n}`));

describe("a run", () => {
  it("ends when the provider refuses everyone, and costs no mail an attempt", async () => {
    await acceptWithoutHint(...receipts(20));
    let asked = 0;
    const refusing = transportOf(() => {
      asked += 1;
      return Promise.resolve(failure("provider", "http_401"));
    });
    await deliver(refusing);
    expect(asked).toBe(1);
    expect((await rows()).map(({ attempts }) => attempts)).toEqual(Array(20).fill(0));
    vi.setSystemTime(START + HOUR);
    await expect(deliver()).resolves.toMatchObject({ sent: 20, unsent: 0 });
  });

  it("keeps in hand what it is sending, however long the provider takes", async () => {
    await acceptWithoutHint(receipt("receipt:a:1"));
    const answered = Promise.withResolvers<Outcome>();
    const slow = transportOf(() => answered.promise);
    const delivering = deliver(slow);
    await vi.waitFor(async () => expect((await rows())[0]?.state).toBe("sending"), PATIENCE);
    vi.setSystemTime(START + LEASE_MS - 1);
    const renewed = START + 2 * LEASE_MS - 1;
    await vi.waitFor(
      async () => expect((await rows())[0]?.next_at).toBeGreaterThanOrEqual(renewed),
      PATIENCE,
    );
    await expect(claimOne("another", START + LEASE_MS + 1)).resolves.toBeNull();
    answered.resolve({ class: "sent", code: "ok", detail: "", providerId: null });
    await expect(delivering).resolves.toMatchObject({ sent: 1 });
  });

  it("gives back, unspent, what it has claimed and not begun", async () => {
    await acceptWithoutHint(...receipts(10));
    await deliver(transportOf(() => Promise.resolve(failure("provider", "http_403"))));
    const attempts = await testEnv.DB.prepare("SELECT 1 FROM attempts").all();
    expect(attempts.results).toHaveLength(1);
    expect((await rows()).map(({ state, attempts: n }) => `${state} ${n}`).toSorted()).toEqual([
      ...Array<string>(9).fill("queued 0"),
      "retry 0",
    ]);
  });

  it("goes on whatever trouble single mailboxes have", async () => {
    await acceptWithoutHint(...receipts(FAILURES_TO_OPEN + 5));
    let asked = 0;
    const full = { code: 452, lines: ["4.2.2 Mailbox full"] };
    const busy = transportOf(() => {
      asked += 1;
      return Promise.resolve(
        asked > FAILURES_TO_OPEN
          ? { class: "sent", code: "ok", detail: "", providerId: null }
          : refusalOutcome("recipient", full, "452 4.2.2 Mailbox full"),
      );
    });
    await expect(deliver(busy)).resolves.toMatchObject({ sent: 5, unsent: FAILURES_TO_OPEN });
  });

  it("goes on after a bug met on one mail", async () => {
    await acceptWithoutHint(...receipts(3));
    let mails = 0;
    const broken = transportOf(() => {
      mails += 1;
      if (mails === 1) throw new TypeError("a bug");
      return Promise.resolve({ class: "sent", code: "ok", detail: "", providerId: null });
    });
    await expect(deliver(broken)).resolves.toMatchObject({ sent: 2, unsent: 1 });
  });

  it("gives up on a mail that takes its Worker down every time", async () => {
    await acceptWithoutHint(receipt("receipt:a:1"));
    await testEnv.DB.prepare("UPDATE mails SET state = 'sending', attempts = 3").run();
    await deliver();
    expect(await rows()).toMatchObject([{ state: "dead", reason: "lease_expired" }]);
    expect(await received()).toEqual([]);
  });
});

describe("the alarm", () => {
  const nextAlarm = () =>
    runInDurableObject(sweeperOf(testEnv), (_object, { storage }) => storage.getAlarm());

  it("sleeps until the next mail is due and wakes earlier when there is a new one", async () => {
    await sinkFault("451");
    await acceptWithoutHint(receipt("receipt:a:1"));
    await expect(nextAlarm()).resolves.toBe(START + 2_000);
    vi.setSystemTime(START + 20_000);
    await runDurableObjectAlarm(sweeperOf(testEnv));
    const [mail] = await rows();
    expect(mail?.state).toBe("retry");
    await expect(nextAlarm()).resolves.toBe(mail?.next_at);
    await acceptWithoutHint(receipt("receipt:a:2"));
    await expect(nextAlarm()).resolves.toBe(START + 22_000);
  });

  it("stops when nothing is on its way", async () => {
    await acceptWithoutHint(receipt("receipt:a:1"));
    vi.setSystemTime(START + 20_000);
    await runDurableObjectAlarm(sweeperOf(testEnv));
    await expect(nextAlarm()).resolves.toBeNull();
  });
});

describe("a queue message", () => {
  const batchOf = (queue: string, bodies: unknown[]) =>
    createMessageBatch(
      queue,
      bodies.map((body, n) => ({ id: `m${n}`, timestamp: START, attempts: 1, body })),
    );

  it("delivers the mails it names first, then whatever else is due", async () => {
    const [other] = await acceptWithoutHint(receipt("receipt:a:1"));
    const [named = ""] = await acceptWithoutHint(receipt("receipt:a:2"));
    const batch = batchOf("mail", ["nonsense", hintOf([named], trace)]);
    await consumeHints(batch, openParts());
    const mails = await received();
    expect(mails.map(({ headers }) => headers["x-mail-id"]).toReversed()).toEqual([named, other]);
  });

  it("that nobody could consume is logged, and the sweep delivers", async () => {
    const ids = await acceptWithoutHint(receipt("receipt:a:1"));
    const lines = vi.spyOn(console, "log").mockImplementation(() => {});
    await consumeHints(batchOf("mail-dead", [hintOf(ids, trace)]), openParts());
    const logged = lines.mock.calls.map(String).join("\n");
    lines.mockRestore();
    expect(logged).toContain("hint is dead");
    expect(logged).toContain(trace.requestId);
    expect(await received()).toEqual([]);
    await deliver();
    expect(await received()).toHaveLength(1);
  });
});
