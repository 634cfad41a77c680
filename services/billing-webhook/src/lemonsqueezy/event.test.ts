import { utf8 } from "@luna/shared/bytes";
import { describe, expect, it } from "vitest";

import { PURCHASE, purchase, SECOND } from "../fixtures/events.ts";
import { readEvent } from "./event.ts";

const bought = purchase(7);
const read = ({ body }: { body: string }) => readEvent(utf8(body));
const told = (event: { body: string }) => {
  const result = read(event);
  if (typeof result === "string") throw new Error(result);
  return result.told;
};

describe("a subscription", () => {
  it("becomes canonical: text ids, milliseconds, three-part clock", () => {
    const seenAt = PURCHASE + 2 * SECOND;
    expect(told(bought.subscription("subscription_created", { seenAt }))).toEqual({
      kind: "subscription",
      value: {
        id: "1650007",
        customerId: "2300007",
        orderId: "3400007",
        variantId: "401002",
        productName: "Pro",
        status: "active",
        pause: null,
        quantity: 1,
        trialEndsAt: null,
        renewsAt: PURCHASE + 30 * 24 * 3_600 * SECOND,
        endsAt: null,
        createdAt: PURCHASE,
      },
      clock: {
        updatedAt: PURCHASE,
        itemUpdatedAt: PURCHASE,
        urlsExpireAt: seenAt + 6 * 3_600 * SECOND,
      },
    });
  });

  it("takes its state from the status, whatever the event is called", () => {
    const attributes = { status: "expired" };
    const { value } = told(bought.subscription("subscription_cancelled", { attributes }));
    expect(value).toMatchObject({ status: "expired" });
  });

  it("has no first item while on trial", () => {
    const attributes = {
      status: "on_trial",
      first_subscription_item: null,
      trial_ends_at: "2026-03-15T12:00:00.000000Z",
    };
    const { value, clock } = told(bought.subscription("subscription_created", { attributes }));
    expect(value).toMatchObject({ quantity: null, trialEndsAt: PURCHASE + 14 * 86_400 * SECOND });
    expect(clock.itemUpdatedAt).toBe(0);
  });

  it.each([
    ["paused", { mode: "free", resumes_at: null }, "free"],
    ["paused", null, "void"],
    ["active", { mode: "free", resumes_at: null }, null],
  ])("that is %s with pause %j grants %s", (status, pause, expected) => {
    const attributes = { status, pause };
    const { value } = told(bought.subscription("subscription_updated", { attributes }));
    expect(value).toMatchObject({ pause: expected });
  });

  it("is read without links, which is how its clock starts at 0", () => {
    const attributes = { urls: null };
    const { clock } = told(bought.subscription("subscription_updated", { attributes }));
    expect(clock.urlsExpireAt).toBe(0);
  });
});

describe("an invoice", () => {
  it("belongs to the subscription in its attributes, not to the id of the event", () => {
    expect(told(bought.invoice("subscription_payment_success")).value).toMatchObject({
      id: bought.invoiceId,
      subscriptionId: bought.subscriptionId,
      status: "paid",
    });
  });

  it.each([
    [999, 999],
    ["999", 999],
    [998.838_400_000_000_1, 999],
    ["4900.00", 4_900],
  ])("reads the amount %j as %i cents", (total, cents) => {
    const event = bought.invoice("subscription_payment_failed", { attributes: { total } });
    expect(told(event).value).toMatchObject({ total: cents });
  });

  it("knows a full refund by its status where no amount is given", () => {
    const attributes = { status: "refunded", refunded_amount: null };
    const { value } = told(bought.invoice("subscription_payment_refunded", { attributes }));
    expect(value).toMatchObject({ refunded: 4_900 });
  });
});

describe("an order", () => {
  it("tells what was bought", () => {
    expect(told(bought.order()).value).toMatchObject({ id: bought.orderId, variantId: "401002" });
  });
});

describe("the reference", () => {
  it("is read from the custom data", () => {
    expect(read(bought.order({ custom: { ref: "a.b.c" } }))).toMatchObject({ ref: "a.b.c" });
  });

  it.each([[undefined], [[]], [{ ref: 7 }], ["text"], [null]])(
    "is absent from custom data %j, which spoils nothing else",
    (custom) => {
      const event = bought.order({ custom: custom as Record<string, string> | undefined });
      expect(read(event)).toMatchObject({ ref: null });
    },
  );
});

describe("what cannot be applied", () => {
  it("is told apart: a kind we do not handle, and a shape we do not know", () => {
    expect(readEvent(utf8(bought.order().body.replace("orders", "gifts")))).toBe("unhandled_type");
    expect(read(bought.subscription("x", { attributes: { status: "asleep" } }))).toBe(
      "unexpected_shape",
    );
    expect(read(bought.subscription("x", { attributes: { updated_at: "soon" } }))).toBe(
      "unexpected_shape",
    );
    expect(readEvent(utf8("[]"))).toBe("unexpected_shape");
  });
});
