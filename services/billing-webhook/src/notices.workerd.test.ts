import { beforeEach, describe, expect, it } from "vitest";

import { PURCHASE, purchase, SECOND } from "./fixtures/events.ts";
import {
  count,
  deliver,
  env,
  inOrder,
  mailer,
  settled,
  startAfresh,
  users,
} from "./fixtures/mesh.ts";
import { refFor } from "./fixtures/shop.ts";

beforeEach(startAfresh);

const bought = purchase(1);
/** A renewal a year from any clock these tests run on: what ends then is not over. */
const FAR = "2999-01-31T00:00:00.000000Z";

/** The mails of one template, as they were handed over. */
const mails = async (template: string) =>
  (await mailer.told()).filter((mail) => mail.template === template);

const buy = async () => {
  const custom = { ref: await refFor("ada") };
  await inOrder([bought.subscription("subscription_created", { custom })]);
};

/** `status` from the given second on. */
const become = (status: string, second: number, attributes = {}) =>
  bought.subscription("subscription_updated", {
    at: PURCHASE + second * SECOND,
    attributes: { status, ...attributes },
  });
const invoice = (status: string, second: number) =>
  bought.invoice("subscription_payment_failed", {
    at: PURCHASE + second * SECOND,
    attributes: { status, billing_reason: "renewal" },
  });
const failure = [become("past_due", 1), invoice("pending", 1)];

describe("a payment that failed", () => {
  it.each([
    ["subscription first", [0, 1]],
    ["invoice first", [1, 0]],
  ])("is mailed about once, %s", async (_what, order) => {
    await buy();
    await inOrder(order.map((index) => failure[index] as (typeof failure)[number]));
    // The provider tries three times more.
    await inOrder([become("past_due", 2, { renews_at: FAR }), invoice("pending", 2)]);
    expect(await mails("payment_failed")).toMatchObject([
      {
        key: `dunning:${bought.invoiceId}:1`,
        to: "ada@example.test",
        vars: { name: "Ada", plan: "Pro", amount: "49.00 USD", link: "http://api.test/billing" },
      },
    ]);
  });

  it("is no reason to write while the provider calls the subscription active", async () => {
    await buy();
    await inOrder([invoice("pending", 1)]);
    expect(await mails("payment_failed")).toEqual([]);
  });

  it("that is paid after all is thanked for, once", async () => {
    await buy();
    await inOrder([
      ...failure,
      invoice("paid", 2),
      become("active", 2),
      invoice("paid", 3),
      become("active", 3, { renews_at: FAR }),
    ]);
    expect(await mails("payment_recovered")).toMatchObject([
      {
        key: `payment_recovered:${bought.invoiceId}:1`,
        vars: { plan: "Pro", amount: "49.00 USD" },
      },
    ]);
  });

  it("is thanked for only after it failed", async () => {
    await buy();
    await inOrder([invoice("paid", 1)]);
    expect(await mails("payment_recovered")).toEqual([]);
  });

  it("for the last time cuts access, and that is mailed", async () => {
    await buy();
    await inOrder([...failure, become("unpaid", 5), become("unpaid", 6, { renews_at: FAR })]);
    expect((await users.told()).at(-1)).toMatchObject({ status: "unpaid" });
    expect(await mails("plan_changed")).toMatchObject([{ vars: { oldPlan: "Pro", plan: "Free" } }]);
  });
});

describe("a subscription", () => {
  it("that is cancelled is mailed about until when it holds, each time", async () => {
    await buy();
    await inOrder([
      become("cancelled", 1, { ends_at: FAR }),
      become("cancelled", 2, { ends_at: FAR, renews_at: FAR }),
      become("cancelled", 3, { ends_at: FAR, variant_id: 401_003 }),
    ]);
    expect(await mails("subscription_cancelled")).toMatchObject([
      { vars: { plan: "Pro", endsAt: "2999-01-31T00:00:00.000Z" } },
    ]);
    await inOrder([become("active", 4), become("cancelled", 5, { ends_at: FAR })]);
    expect(await mails("subscription_cancelled")).toHaveLength(2);
  });

  it("that was over long ago is not called cancelled today", async () => {
    await buy();
    await inOrder([become("cancelled", 1, { ends_at: "2020-01-01T00:00:00.000000Z" })]);
    expect(await mails("subscription_cancelled")).toEqual([]);
  });

  it("of another plan is mailed about once, from which and to which", async () => {
    await buy();
    await inOrder([
      become("active", 1, { variant_id: 401_003 }),
      become("active", 2, { variant_id: 401_003, renews_at: FAR }),
    ]);
    expect(await mails("plan_changed")).toMatchObject([
      { vars: { name: "Ada", oldPlan: "Pro", plan: "Enterprise" } },
    ]);
  });

  it("of a product that is no plan changes none", async () => {
    await buy();
    await inOrder([become("active", 1, { variant_id: 999_999 })]);
    expect(await mails("plan_changed")).toEqual([]);
    expect(await count("outbox")).toBe(0);
  });

  it("that is new is no change of plan", async () => {
    await buy();
    expect(await mailer.told()).toEqual([]);
  });
});

describe("every change under repeats", () => {
  it("makes one mail, one record and one change of plan: 10 of each, 50 at once", async () => {
    const custom = { ref: await refFor("ada") };
    const events = [
      bought.subscription("subscription_created", { custom }),
      bought.invoice("subscription_payment_success", { custom }),
      ...failure,
      become("cancelled", 2, { ends_at: FAR, variant_id: 401_003 }),
    ];
    for (const event of events) {
      const sent = Array.from({ length: 50 }, () => deliver(event));
      expect((await Promise.all(sent)).map(({ status }) => status)).toEqual(Array(50).fill(200));
      await settled();
    }
    const templates = (await mailer.told()).map(({ template }) => template);
    expect(templates).toEqual(["receipt", "payment_failed", "subscription_cancelled"]);
    expect((await users.told()).map(({ status }) => status)).toEqual([
      "active",
      "past_due",
      "cancelled",
    ]);
    const audited = "SELECT COUNT(*) AS n FROM audit WHERE action = 'subscription.changed'";
    expect(await env.DB.prepare(audited).first("n")).toBe(3);
  });
});
