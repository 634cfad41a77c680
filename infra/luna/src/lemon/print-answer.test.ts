import { describe, expect, it } from "vitest";

import { answerText, deliveryText } from "./print-answer.ts";

describe("answerText", () => {
  it("says a subscription in one line", () => {
    const attributes = {
      product_name: "Pro",
      status: "cancelled",
      first_subscription_item: { quantity: 3 },
      renews_at: "2026-12-21T00:00:00.000000Z",
      ends_at: "2026-12-21T00:00:00.000000Z",
    };
    expect(answerText({ type: "subscriptions", id: "7", attributes })).toBe(
      "subscription 7: Pro, cancelled, 3 seats, ends 2026-12-21",
    );
    const trial = { ...attributes, first_subscription_item: null, ends_at: null };
    expect(answerText({ type: "subscriptions", id: "7", attributes: trial })).toBe(
      "subscription 7: Pro, cancelled, renews 2026-12-21",
    );
  });

  it("says anything else in a line per field", () => {
    const answer = { states: { delivered: 2, dropped: 1 }, answers: {}, ids: ["1", "2"] };
    expect(answerText(answer).split("\n")).toEqual([
      "states   delivered 2, dropped 1",
      "answers  none",
      "ids      1, 2",
    ]);
  });
});

describe("deliveryText", () => {
  it("shows what came back beside what chaos made of it", () => {
    const attempts = [
      { outcome: "ECONNREFUSED", answered: null },
      { outcome: 500, answered: 200 },
      { outcome: 200, answered: 200, resent: true as const },
    ];
    const line = deliveryText({
      id: "7",
      eventName: "order_created",
      state: "delivered",
      attempts,
    });
    expect(line).toMatch(/^ {5}7 {2}order_created +delivered +/);
    expect(line).toContain("ECONNREFUSED, 500 (200), 200 by hand");
  });
});
