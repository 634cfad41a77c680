import { newTrace } from "@luna/shared/trace";
import { exports } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, inject, it, vi } from "vitest";

import { PURCHASE, purchase, SECOND } from "./fixtures/events.ts";
import {
  count,
  deliver,
  env,
  inOrder,
  settled,
  startAfresh,
  states,
  users,
  WAIT,
} from "./fixtures/mesh.ts";
import { providerAnswers, refFor } from "./fixtures/shop.ts";
import {
  deliveriesOf,
  endOf,
  permutationsOf,
  sightingsIn,
  type Sighting,
  type Trace,
} from "./fixtures/traces.ts";
import { standing } from "./order-guard.ts";

beforeEach(startAfresh);
afterEach(() => vi.unstubAllGlobals());

const bought = purchase(1);

const subscription = () => env.DB.prepare("SELECT * FROM subscriptions").first();

describe("the order of events", () => {
  it("is their clock's, not that of their arrival", async () => {
    const custom = { ref: await refFor("ada") };
    await inOrder([
      bought.subscription("subscription_cancelled", {
        custom,
        at: PURCHASE + 60 * SECOND,
        attributes: { status: "cancelled", ends_at: "2026-04-01T12:00:00.000000Z" },
      }),
      bought.subscription("subscription_created", { custom }),
    ]);
    expect(await states()).toEqual(["applied", "stale"]);
    expect(await users.told()).toMatchObject([{ status: "cancelled", seq: 1 }]);
  });

  it("within one second is that of the item, then that of the links", async () => {
    const custom = { ref: await refFor("ada") };
    const item = (quantity: number, second: number) => ({
      first_subscription_item: { quantity, updated_at: `2026-03-01T12:00:0${second}.000000Z` },
    });
    await inOrder([
      bought.subscription("subscription_updated", { custom, attributes: item(5, 2) }),
      bought.subscription("subscription_created", { custom, attributes: item(1, 0) }),
      bought.subscription("subscription_updated", {
        seenAt: PURCHASE + 3 * SECOND,
        attributes: item(6, 2),
      }),
      bought.subscription("subscription_updated", { attributes: item(7, 2) }),
    ]);
    expect(await states()).toEqual(["applied", "stale", "applied", "stale"]);
    expect(await subscription()).toMatchObject({ quantity: 6, seq: 2 });
  });

  it("announces nothing when only the links are new", async () => {
    const custom = { ref: await refFor("ada") };
    await inOrder([
      bought.subscription("subscription_created", { custom }),
      bought.subscription("subscription_updated", { custom, seenAt: PURCHASE + 9 * SECOND }),
    ]);
    expect(await states()).toEqual(["applied", "applied"]);
    expect(await users.told()).toHaveLength(1);
  });
});

/** Kind and digest of every object the tables hold: the digest covers all but the clock. */
const stored = async (): Promise<string[]> => {
  const { results } = await env.DB.prepare(
    `SELECT 'subscription' AS kind, id, digest FROM subscriptions
     UNION ALL SELECT 'invoice', id, digest FROM invoices
     UNION ALL SELECT 'order', id, digest FROM orders
     UNION ALL SELECT 'license_key', id, digest FROM license_keys`,
  ).all<{ kind: string; id: string; digest: string }>();
  return results.map(({ kind, id, digest }) => `${kind}:${id}:${digest}`).toSorted();
};

/** What the provider has in the end of everything that the events tell of. */
const endIn = async (trace: Trace): Promise<string[]> => {
  const told = new Set(
    (await sightingsIn(trace)).map(({ kind, observed }) => `${kind}:${observed.value.id}`),
  );
  return (await endOf(trace))
    .map(({ kind, observed }) => ({ key: `${kind}:${observed.value.id}`, observed }))
    .filter(({ key }) => told.has(key))
    .map(({ key, observed }) => `${key}:${observed.digest}`)
    .toSorted();
};

/** What the order guard makes of the events alone. */
const guess = async (trace: Trace): Promise<string[]> => {
  const known = new Map<string, Sighting["observed"]>();
  for (const { kind, observed } of await sightingsIn(trace)) {
    const key = `${kind}:${observed.value.id}`;
    known.set(key, standing(known.get(key) ?? null, observed));
  }
  return [...known].map(([key, { digest }]) => `${key}:${digest}`).toSorted();
};

/** Waits until every question to the API is answered, and the answer dealt with. */
const answered = async (): Promise<void> => {
  await settled();
  await vi.waitFor(async () => expect(await count("refetches")).toBe(0), WAIT);
  await settled();
};

/** Waits until every question was put once. */
const tried = async (): Promise<void> => {
  const untried = "SELECT COUNT(*) AS n FROM refetches WHERE attempts = 0";
  await vi.waitFor(async () => expect(await env.DB.prepare(untried).first("n")).toBe(0), WAIT);
};

/** The provider's API knows the end of the trace. */
const apiKnows = ({ final }: Trace) => providerAnswers(200, { data: final["subscriptions"]?.[0] });

const traces = inject("traces").map((trace) => [trace.name, trace] as const);

describe("a purchase as the provider tells it", () => {
  it.each(traces)("ends as the provider has it: %s", async (_name, trace) => {
    const deliveries = deliveriesOf(trace, await refFor("ada"));
    apiKnows(trace);
    // Newest first, then all of them once more.
    for (const delivery of deliveries.toReversed()) await deliver(delivery);
    await answered();
    for (const delivery of deliveries) await deliver(delivery);
    await answered();
    expect(await stored()).toEqual(await endIn(trace));
  });
});

describe("two stories about one moment", () => {
  const CRITICAL = ["conflict-in-one-second", "renews-at-too-early", "seat-changes"];
  const critical = traces.filter(([name]) => CRITICAL.includes(name));

  const forget = async (): Promise<void> => {
    for (const table of ["inbox", "owners", "subscriptions", "invoices", "refetches"])
      await env.DB.exec(`DELETE FROM ${table}`);
    await env.DB.exec("UPDATE checkouts SET order_id = NULL, subscription_id = NULL");
  };

  it.each(critical)(
    "end alike in every order while the API is down, and as it says afterwards: %s",
    async (_name, trace) => {
      const deliveries = deliveriesOf(trace, await refFor("ada"));
      const meanwhile = await guess(trace);
      for (const order of permutationsOf(deliveries)) {
        await forget();
        providerAnswers(503, {});
        await inOrder(order);
        await tried();
        expect(await stored()).toEqual(meanwhile);
        apiKnows(trace);
        await env.DB.exec("UPDATE refetches SET next_at = 0");
        await exports.ForScheduler.run("sweep", newTrace());
        await answered();
        expect(await stored()).toEqual(await endIn(trace));
      }
    },
  );

  it("stay as they are when the provider knows of no such subscription", async () => {
    const trace = inject("traces").find(({ name }) => name === "conflict-in-one-second");
    if (trace === undefined) throw new Error("no such trace");
    const deliveries = deliveriesOf(trace, await refFor("ada"));
    const asked = providerAnswers(404, {});
    await inOrder(deliveries);
    await answered();
    expect(asked).toHaveLength(1);
    expect(await stored()).toEqual(await guess(trace));
  });
});
