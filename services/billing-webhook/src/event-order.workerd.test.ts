import { beforeEach, describe, expect, it } from "vitest";

import { PURCHASE, purchase, SECOND } from "./fixtures/events.ts";
import { env, inOrder, startAfresh, states, users } from "./fixtures/mesh.ts";
import { refFor } from "./fixtures/shop.ts";

beforeEach(startAfresh);

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

  it("never matters: all 24 permutations of four events end alike", async () => {
    const permute = <T>(items: readonly T[]): T[][] =>
      items.length < 2
        ? [[...items]]
        : items.flatMap((item, index) =>
            permute(items.toSpliced(index, 1)).map((rest) => [item, ...rest]),
          );
    const custom = { ref: await refFor("ada") };
    const tell = bought.subscription;
    const trace = [
      tell("subscription_created", { custom }),
      // Two stories about the very same moment: either may win, but always the same one.
      tell("subscription_updated", { custom, attributes: { renews_at: null } }),
      tell("subscription_updated", { custom, at: PURCHASE + SECOND }),
      tell("subscription_cancelled", {
        custom,
        at: PURCHASE + SECOND,
        attributes: { status: "cancelled", ends_at: "2026-04-01T12:00:00.000000Z" },
      }),
    ];
    const endings = new Set<unknown>();
    for (const order of permute(trace)) {
      await env.DB.exec("DELETE FROM inbox; DELETE FROM owners; DELETE FROM subscriptions");
      await env.DB.exec("UPDATE checkouts SET order_id = NULL, subscription_id = NULL");
      await inOrder(order);
      endings.add((await subscription())?.["digest"]);
    }
    expect(endings.size).toBe(1);
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
