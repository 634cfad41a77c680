import { utf8 } from "@luna/shared/bytes";
import { describe, expect, inject, it } from "vitest";

import { phpJson } from "../fixtures/events.ts";
import { readEnvelope } from "./envelope.ts";
import { readEvent } from "./event.ts";

/** Documented, then the two that are not, then what does not exist yet. */
const KINDS = {
  order_created: "order",
  order_refunded: "order",
  subscription_created: "subscription",
  subscription_updated: "subscription",
  subscription_cancelled: "subscription",
  subscription_resumed: "subscription",
  subscription_expired: "subscription",
  subscription_paused: "subscription",
  subscription_unpaused: "subscription",
  subscription_payment_success: "invoice",
  subscription_payment_failed: "invoice",
  subscription_payment_recovered: "invoice",
  subscription_payment_refunded: "invoice",
  license_key_created: "license_key",
  license_key_updated: "license_key",
  affiliate_activated: "no_purchase",
  subscription_plan_changed: "subscription",
  customer_updated: "no_purchase",
  subscription_gifted: "unhandled_type",
} as const;

interface Body {
  meta: Record<string, unknown>;
  data: { attributes: Record<string, unknown> };
}
const events = inject("traces").flatMap((trace) => trace.events);
const bodyOf = (name: string): Body => {
  const found = events.find(({ event_name }) => event_name === name);
  if (found === undefined) throw new Error(`no trace has ${name}`);
  return structuredClone(found.body) as Body;
};

const names = Object.entries(KINDS);

describe("every kind of event", () => {
  it.each(names)("%s is read as %s", (name, kind) => {
    const event = readEvent(utf8(phpJson(bodyOf(name))));
    expect(typeof event === "string" ? event : event.told.kind).toBe(kind);
  });

  it("is in the traces and none is forgotten here", () => {
    expect(new Set(events.map(({ event_name }) => event_name))).toEqual(
      new Set(Object.keys(KINDS)),
    );
  });
});

/** What real traffic, a bug of the provider or a simulated event may put anywhere. */
const ODD = [
  undefined,
  null,
  0,
  -1,
  1.5,
  998.838_400_000_000_1,
  1e300,
  "",
  "text",
  "0",
  "4900.00",
  "2026-13-45T99:00:00Z",
  "\ud800",
  true,
  [],
  {},
  { updated_at: 7, quantity: "many" },
];

const numbersIn = (value: unknown): number[] => {
  if (typeof value === "number") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(numbersIn) : [];
};

describe("an attribute that is not what it should be", () => {
  it.each(names)("of %s is never more than a reason to park", (name) => {
    const body = bodyOf(name);
    for (const attribute of Object.keys(body.data.attributes))
      for (const odd of ODD) {
        const attributes = { ...body.data.attributes, [attribute]: odd };
        const bytes = utf8(JSON.stringify({ ...body, data: { ...body.data, attributes } }));
        expect(readEnvelope(bytes)).not.toBeNull();
        const event = readEvent(bytes);
        // The database keeps whole numbers only; a payload it would refuse must not get there.
        const numbers = typeof event === "string" ? [] : numbersIn(event);
        expect(numbers.filter((number) => !Number.isSafeInteger(number))).toEqual([]);
      }
  });

  it("does not matter where it is not read: tax as text or number, refunded as 0 or false", () => {
    const told = (change: Record<string, unknown>) => {
      const body = bodyOf("order_created");
      Object.assign(body.data.attributes, change);
      return readEvent(utf8(phpJson(body)));
    };
    expect(told({ tax_rate: 0, refunded: 0 })).toEqual(told({ tax_rate: "0.00", refunded: false }));
  });
});
