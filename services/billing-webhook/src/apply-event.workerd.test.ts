import { newTrace } from "@luna/shared/trace";
import { exports } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";

import { PURCHASE, purchase, SECOND } from "./fixtures/events.ts";
import {
  count,
  deliver,
  env,
  inOrder,
  mailer,
  startAfresh,
  states,
  triedInVain,
  users,
} from "./fixtures/mesh.ts";
import { refFor } from "./fixtures/shop.ts";

beforeEach(startAfresh);

const bought = purchase(1);

describe("a purchase", () => {
  it("changes the plan of the user whose checkout it was", async () => {
    const custom = { ref: await refFor("ada") };
    await inOrder([bought.subscription("subscription_created", { custom })]);
    expect(await users.told()).toEqual([
      {
        provider: "lemonsqueezy",
        providerId: bought.subscriptionId,
        owner: { kind: "user", id: "ada" },
        tier: "pro",
        status: "active",
        pause: null,
        renewsAt: PURCHASE + 30 * 24 * 3_600 * SECOND,
        endsAt: null,
        epoch: 1,
        seq: 1,
      },
    ]);
  });

  it("is mailed one receipt, however often it is said to be paid", async () => {
    const custom = { ref: await refFor("ada") };
    await inOrder([
      bought.subscription("subscription_created", { custom }),
      bought.invoice("subscription_payment_success", { custom }),
      bought.invoice("subscription_payment_success", { custom, at: PURCHASE + SECOND }),
      bought.invoice("subscription_payment_recovered", { custom, at: PURCHASE + 2 * SECOND }),
    ]);
    expect(await mailer.told()).toEqual([
      {
        key: `receipt:${bought.invoiceId}:1`,
        template: "receipt",
        locale: "en",
        to: "ada@example.test",
        vars: {
          name: "Ada",
          plan: "Pro",
          amount: "49.00 USD",
          invoice: bought.invoiceId,
          timezone: "Europe/Vienna",
        },
        sealed: {},
        userId: "ada",
        expiresAt: null,
      },
    ]);
  });

  it.each([
    ["is not paid", { status: "pending" }],
    ["costs nothing", { total: 0 }],
  ])("is mailed no receipt when the invoice %s", async (_what, attributes) => {
    const custom = { ref: await refFor("ada") };
    await inOrder([
      bought.subscription("subscription_created", { custom }),
      bought.invoice("subscription_payment_success", { attributes }),
    ]);
    expect(await count("invoices")).toBe(1);
    expect(await mailer.told()).toEqual([]);
  });

  it("waits for its owner when it arrives before what tells who that is", async () => {
    const custom = { ref: await refFor("ada") };
    await inOrder([
      bought.invoice("subscription_payment_success", { custom }),
      bought.subscription("subscription_updated"),
    ]);
    expect(await states()).toEqual(["unlinked", "unlinked"]);
    await inOrder([bought.order({ custom })]);
    expect(await states()).toEqual(["applied", "applied", "applied"]);
    expect(await users.told()).toMatchObject([{ owner: { id: "ada" }, tier: "pro" }]);
    expect(await mailer.told()).toHaveLength(1);
  });

  it("of a product that is no plan keeps the owner's tier", async () => {
    const other = purchase(2, 999_999);
    const custom = { ref: await refFor("ada") };
    await inOrder([
      bought.subscription("subscription_created", { custom }),
      bought.subscription("subscription_updated", {
        at: PURCHASE + SECOND,
        attributes: { variant_id: 999_999 },
      }),
      other.subscription("subscription_created"),
    ]);
    expect(await users.told()).toMatchObject([{ tier: "pro" }, { tier: null, seq: 2 }]);
  });
});

describe("an event that is applied again", () => {
  it("changes nothing, writes nothing down and tells nobody", async () => {
    const custom = { ref: await refFor("ada") };
    await inOrder([
      bought.subscription("subscription_created", { custom }),
      bought.invoice("subscription_payment_success", { custom }),
    ]);
    const audited = await count("audit");
    await env.DB.exec("UPDATE inbox SET state = 'received', next_at = 0");
    const report = await exports.ForScheduler.run("sweep", newTrace());
    expect(report).toEqual({ ok: true, value: { applied: 2, delivered: 0, held: 0 } });
    expect(await states()).toEqual(["applied", "applied"]);
    expect([await users.told(), await mailer.told()]).toMatchObject([[{ seq: 1 }], [{}]]);
    expect(await count("audit")).toBe(audited);
  });
});

describe("an outage of users", () => {
  it.each(["away", "broken"] as const)("delays the change: users is %s", async (mode) => {
    const custom = { ref: await refFor("ada") };
    await users.be(mode);
    await deliver(bought.subscription("subscription_created", { custom }));
    await triedInVain();
    expect(await states()).toEqual(["applied"]);
    await users.be("here");
    await env.DB.exec("UPDATE outbox SET next_at = 0");
    const report = await exports.ForScheduler.run("sweep", newTrace());
    expect(report).toEqual({ ok: true, value: { applied: 0, delivered: 1, held: 0 } });
    expect(await users.told()).toMatchObject([{ owner: { id: "ada" }, tier: "pro" }]);
  });
});
