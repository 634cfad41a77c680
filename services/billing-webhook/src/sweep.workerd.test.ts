import { runDurableObjectAlarm } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { PURCHASE, purchase, SECOND } from "./fixtures/events.ts";
import { count, env, inOrder, startAfresh, states } from "./fixtures/mesh.ts";
import { ANSWERED_LATER_S, objectIn, providerSells } from "./fixtures/provider.ts";
import { refFor } from "./fixtures/shop.ts";

beforeEach(startAfresh);
afterEach(() => vi.unstubAllGlobals());

const WAIT = { timeout: 20_000, interval: 5 };
const bought = purchase(1);
const sweeper = () => env.SWEEPER.getByName("billing");
const reconciler = () => env.RECONCILER.getByName("billing");

/** A provider that takes calls and answers none. */
const providerHangs = (): { asked: number } => {
  const calls = { asked: 0 };
  vi.stubGlobal("fetch", () => {
    calls.asked += 1;
    return new Promise(() => undefined);
  });
  return calls;
};

/** A subscription of which two stories of one moment are told, and nobody to ask. */
const contradict = async (): Promise<void> => {
  const custom = { ref: await refFor("ada") };
  await inOrder([
    bought.subscription("subscription_created", { custom }),
    bought.subscription("subscription_updated", { attributes: { status: "past_due" } }),
  ]);
  const asked = "SELECT attempts FROM refetches";
  await vi.waitFor(async () => expect(await env.DB.prepare(asked).first("attempts")).toBe(1), WAIT);
  await env.DB.exec("UPDATE refetches SET next_at = 0");
  // An isolate that armed the one of an earlier test believes that it stands.
  await sweeper().arm();
};

/** An invoice that was acknowledged, and then everything died. */
const acknowledge = async (): Promise<void> => {
  await inOrder([bought.invoice("subscription_payment_success")]);
  await env.DB.exec("DELETE FROM invoices");
  await env.DB.exec(
    "UPDATE inbox SET state = 'received', next_at = 0 WHERE event_name = 'subscription_payment_success'",
  );
};

describe("a provider that never answers", () => {
  it("keeps no acknowledged event waiting, nor the sweep after it", async () => {
    await contradict();
    await acknowledge();
    const provider = providerHangs();
    expect(await runDurableObjectAlarm(sweeper())).toBe(true);
    expect([await states(), await count("invoices")]).toEqual([
      ["applied", "applied", "applied"],
      1,
    ]);
    expect([provider.asked, await count("refetches")]).toEqual([0, 1]);
  });

  it("is asked by the reconciler, whom the sweep wakes, once it answers again", async () => {
    await contradict();
    providerSells([objectIn(bought.subscription("subscription_updated"))]);
    await runDurableObjectAlarm(sweeper());
    expect(await count("refetches")).toBe(1);
    expect(await runDurableObjectAlarm(reconciler())).toBe(true);
    expect(await count("refetches")).toBe(0);
    expect(await env.DB.prepare("SELECT status FROM subscriptions").first("status")).toBe("active");
  });
});

describe("a question", () => {
  it("stays open when the answer is word for word what was kept before", async () => {
    await contradict();
    const told = (seenAt: number) =>
      objectIn(bought.subscription("subscription_updated", { seenAt }));
    const ask = async (seenAt: number): Promise<number> => {
      providerSells([told(seenAt)]);
      await env.DB.exec("UPDATE refetches SET next_at = 0");
      await sweeper().arm();
      await runDurableObjectAlarm(sweeper());
      await runDurableObjectAlarm(reconciler());
      return count("refetches");
    };
    const first = PURCHASE + SECOND;
    expect(await ask(first)).toBe(0);
    const attributes = { status: "unpaid" };
    // Of the very moment at which that answer was given.
    const seenAt = first + ANSWERED_LATER_S * SECOND;
    await inOrder([bought.subscription("subscription_updated", { attributes, seenAt })]);
    expect(await ask(first)).toBe(1);
    expect(await ask(first + SECOND)).toBe(0);
    expect(await env.DB.prepare("SELECT status FROM subscriptions").first("status")).toBe("active");
  });
});
