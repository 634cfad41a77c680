import { describe, expect, it } from "vitest";

import { purchase } from "./fixtures/events.ts";
import { lemonSqueezyEvents } from "./lemonsqueezy/provider.ts";
import { noticeWrites } from "./notice-writes.ts";

const attempt = { eventId: "event", stamp: "event.1", now: 1 };
const told = [
  purchase(1).subscription("subscription_updated"),
  purchase(1).invoice("subscription_payment_failed"),
].map(({ body }) => {
  const event = lemonSqueezyEvents.readEvent(new TextEncoder().encode(body));
  if (typeof event === "string") throw new Error(event);
  return event.told;
});

describe("mails about money", () => {
  it.each(told)(
    "that are switched off are not written, but what they are about is: $kind",
    (one) => {
      const on = noticeWrites(one, attempt, true);
      const off = noticeWrites(one, attempt, false);
      expect(off.effects).toEqual([]);
      expect(on.effects.length).toBeGreaterThan(1);
      expect(off.statements).toEqual(on.statements);
    },
  );
});
