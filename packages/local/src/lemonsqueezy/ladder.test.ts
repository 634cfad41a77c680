import { describe, expect, it } from "vitest";

import { afterAttempt } from "./ladder.ts";
import type { Attempt, Delivery } from "./records.ts";
import { CALM } from "./shop.ts";

const FRESH: Delivery = {
  id: 1,
  eventName: "order_created",
  webhookId: "w",
  body: "{}",
  state: "pending",
  attempts: [],
  dueAt: 0,
  createdAt: 0,
};
const calm = { chaos: CALM, scaleMs: 1_000, random: () => 0 };

/** The delivery after these outcomes, each attempted exactly when due. */
const climb = (outcomes: readonly Attempt["outcome"][], conditions = calm): Delivery =>
  outcomes.reduce<Delivery>(
    (delivery, outcome) => afterAttempt(delivery, { at: delivery.dueAt, outcome }, conditions),
    FRESH,
  );

describe("ladder", () => {
  it("attempts at 0, 5, 30 and 155 s and then drops the event", () => {
    const dropped = climb([500, 500, 500, 500]);
    expect(dropped.attempts.map(({ at }) => at)).toEqual([0, 5_000, 30_000, 155_000]);
    expect(dropped.state).toBe("dropped");
    expect(climb([500, 500, 500]).state).toBe("pending");
  });

  it.each([201, 204, 302, 400, "ECONNREFUSED"])("takes %s for a failure", (outcome) => {
    expect(climb([outcome])).toMatchObject({ state: "pending", dueAt: 5_000 });
  });

  it("stops at the first 200", () => {
    expect(climb([503, 200]).state).toBe("delivered");
  });

  it("repeats a delivered event once when chaos says so, and forgives the repetition's failure", () => {
    const chaos = { ...calm, chaos: { ...CALM, repeat: 1 } };
    expect(climb([200], chaos)).toMatchObject({ state: "pending", dueAt: 1_000 });
    expect(climb([200, 500], chaos).state).toBe("delivered");
    expect(climb([200, 200], chaos).state).toBe("delivered");
  });
});
