import { beforeEach, describe, expect, it } from "vitest";

import { purchase } from "./fixtures/events.ts";
import { count, inbox, inOrder, startAfresh, users } from "./fixtures/mesh.ts";
import { refFor } from "./fixtures/shop.ts";

beforeEach(startAfresh);

const bought = purchase(1);

describe("a reference", () => {
  /** Why the last delivery was not linked, and what was changed all the same. */
  const outcome = async () => ({
    last: (await inbox()).at(-1)?.reason,
    told: await users.told(),
    rows: (await count("subscriptions")) + (await count("owners")),
  });
  const untouched = { told: [], rows: 0 };

  it("that is forged changes no account", async () => {
    const ref = await refFor("ada");
    const [id, kid] = ref.split(".");
    const custom = { ref: `${id}.${kid}.${"A".repeat(43)}`, user_id: "ada" };
    await inOrder([bought.subscription("subscription_created", { custom })]);
    expect(await outcome()).toEqual({ ...untouched, last: "forged_reference" });
  });

  it("that is missing changes no account, whatever else the buyer typed", async () => {
    const custom = { user_id: "ada" };
    const attributes = { user_email: "ada@example.test" };
    await inOrder([bought.subscription("subscription_created", { custom, attributes })]);
    expect(await outcome()).toEqual({ ...untouched, last: "no_reference" });
  });

  it("for another variant changes no account", async () => {
    const custom = { ref: await refFor("ada", "enterprise") };
    await inOrder([bought.subscription("subscription_created", { custom })]);
    expect(await outcome()).toEqual({ ...untouched, last: "other_variant" });
  });

  it("that comes back with another purchase links only the first", async () => {
    const custom = { ref: await refFor("ada") };
    await inOrder([
      bought.subscription("subscription_created", { custom }),
      purchase(2).subscription("subscription_created", { custom }),
    ]);
    expect((await inbox()).at(-1)).toMatchObject({ state: "unlinked", reason: "reference_used" });
    expect(await users.told()).toHaveLength(1);
  });

  it("of an order makes nobody the owner of what its customer buys elsewhere", async () => {
    const custom = { ref: await refFor("ada") };
    await inOrder([bought.order({ custom })]);
    const attributes = { customer_id: 2_300_001 };
    await inOrder([purchase(2).subscription("subscription_created", { attributes })]);
    expect((await inbox()).at(-1)).toMatchObject({ state: "unlinked" });
  });
});
