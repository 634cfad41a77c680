import { newTrace } from "@luna/shared/trace";
import { createExecutionContext } from "cloudflare:test";
import { exports } from "cloudflare:workers";
import { beforeEach, describe, expect, it, vi } from "vitest";

import { applyArrivals, NOBODYS_TURN } from "./apply-arrivals.ts";
import { applyDue } from "./apply-event.ts";
import { billingOf, type Billing } from "./billing.ts";
import { deliveryOf } from "./file-delivery.ts";
import { purchase } from "./fixtures/events.ts";
import { env, startAfresh, states, WAIT } from "./fixtures/mesh.ts";
import { refFor } from "./fixtures/shop.ts";
import { inboxStore } from "./inbox-store.ts";
import { utf8 } from "@luna/shared/bytes";
import { createPatience } from "./patience.ts";
import { service } from "./service.ts";

beforeEach(startAfresh);

/** Nobody's alarm takes what these tests leave lying, and their clock goes with the work alone. */
const billing = (): Billing => {
  const parts = service.open(env, createExecutionContext(), newTrace());
  if (parts === null) throw new Error("misconfigured");
  let now = Date.now();
  const unarmed = { arm: () => Promise.resolve() };
  const here = billingOf({ ...parts, clock: () => (now += 1) }, unarmed);
  return { ...here, reconciler: unarmed, patience: createPatience() };
};

/** A delivery that was stored and not yet looked at. */
const arrive = async (
  { db, config, trace, clock }: Billing,
  event: { body: string },
): Promise<void> => {
  const body = utf8(event.body);
  const received = { body, source: "webhook", eventHeader: null } as const;
  await inboxStore(db).file(await deliveryOf(received, config, trace, clock()));
};

/** As `parts`, and calls `meanwhile` once the first claim has been made. */
const interrupted = (parts: Billing, meanwhile: () => Promise<void>): Billing => {
  let calls = 0;
  const write: Billing["db"]["write"] = async (statement) => {
    const outcome = await parts.db.write(statement);
    calls += 1;
    if (calls === 1) await meanwhile();
    return outcome as never;
  };
  return { ...parts, db: { ...parts.db, write } };
};

describe("what arrives", () => {
  it("while another request is at it is applied by that one", async () => {
    const turn = { ...NOBODYS_TURN };
    const here = billing();
    await arrive(here, purchase(1).order());
    const busy = interrupted(here, async () => {
      await arrive(here, purchase(2).order());
      await applyArrivals(here, turn);
      expect(await states()).toEqual(["received", "received"]);
    });
    await applyArrivals(busy, turn);
    expect(await states()).toEqual(["unlinked", "unlinked"]);
    expect(turn.until).toBe(0);
  });

  it("is applied in pages until none is left", async () => {
    const here = billing();
    for (let suffix = 0; suffix < 45; suffix += 1) await arrive(here, purchase(suffix).order());
    await applyArrivals(here, { ...NOBODYS_TURN });
    expect(new Set(await states())).toEqual(new Set(["unlinked"]));
  });

  it.each([
    ["as they arrive", (here: Billing) => applyArrivals(here, { ...NOBODYS_TURN })],
    ["by a sweep", (here: Billing) => applyDue(here)],
  ])("lets others have their turn between two deliveries, %s", async (_how, apply) => {
    const here = billing();
    for (let suffix = 0; suffix < 20; suffix += 1) await arrive(here, purchase(suffix).order());
    await env.DB.exec("UPDATE inbox SET next_at = 0");
    let turns = 0;
    const others = setInterval(() => (turns += 1), 0);
    await apply(here);
    clearInterval(others);
    expect(new Set(await states())).toEqual(new Set(["unlinked"]));
    // None at all without a pause; two pauses may fall into one turn of the clock.
    expect(turns).toBeGreaterThanOrEqual(10);
  });

  it("is held up for three seconds at most by a request that was cut off", async () => {
    const here = billing();
    await arrive(here, purchase(1).order());
    const turn = { until: here.clock() + 3_000, knocked: false };
    await applyArrivals(here, turn);
    expect(await states()).toEqual(["received"]);
    await applyArrivals({ ...here, clock: () => here.clock() + 3_001 }, turn);
    expect(await states()).toEqual(["unlinked"]);
  });

  it("waits for no answer of the provider", async () => {
    const here = billing();
    const custom = { ref: await refFor("ada") };
    await arrive(here, purchase(1).subscription("subscription_created", { custom }));
    await applyArrivals(here, { ...NOBODYS_TURN });
    const [turn, asked] = [{ ...NOBODYS_TURN }, vi.fn<() => Promise<never>>()];
    asked.mockReturnValue(new Promise<never>(() => undefined));
    const alone = { ...here, lemonSqueezy: { ...here.lemonSqueezy, fetchObject: asked } };
    const story = { attributes: { status: "past_due" } };
    await arrive(here, purchase(1).subscription("subscription_updated", story));
    void applyArrivals(alone, turn);
    await vi.waitFor(() => expect([asked.mock.calls.length, turn.until]).toEqual([1, 0]), WAIT);
    await arrive(here, purchase(2).order());
    await applyArrivals(alone, turn);
    expect((await states()).at(-1)).toBe("unlinked");
  });

  it("is left alone for a while after the database refused five in a row", async () => {
    const here = billing();
    for (let suffix = 0; suffix < 30; suffix += 1) await arrive(here, purchase(suffix).order());
    const stall = `CREATE TRIGGER stall BEFORE UPDATE OF state ON inbox WHEN NEW.state <> 'received'
      BEGIN SELECT RAISE(ABORT, 'stalled'); END`;
    await env.DB.prepare(stall).run();
    const turn = { ...NOBODYS_TURN };
    await applyArrivals(here, turn);
    await applyArrivals(here, turn);
    const failed = "SELECT COUNT(*) AS n FROM inbox WHERE reason IS NOT NULL";
    expect(await env.DB.prepare(failed).first("n")).toBe(5);
    // Then a single one finds out whether it still does.
    turn.until = 0;
    await applyArrivals(here, turn);
    expect(await env.DB.prepare(failed).first("n")).toBe(6);
    const claimed = "SELECT COUNT(*) AS n FROM inbox WHERE attempts > 0";
    expect(await env.DB.prepare(claimed).first("n")).toBe(21);

    await env.DB.exec("DROP TRIGGER stall");
    await env.DB.exec("UPDATE inbox SET next_at = 0");
    await exports.ForScheduler.run("sweep", newTrace());
    expect(new Set(await states())).toEqual(new Set(["unlinked"]));
  });
});
