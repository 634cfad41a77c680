import { describe, expect, it } from "vitest";

import { utf8 } from "@luna/shared/bytes";

import { purchase, type EventOptions } from "./fixtures/events.ts";
import { readEnvelope } from "./lemonsqueezy/envelope.ts";
import { parkReason } from "./park-reason.ts";

const LIVE = { ENVIRONMENT: "production", LEMONSQUEEZY_STORE_ID: "100001" } as const;
const NAME = "subscription_updated";
const envelope = (options: EventOptions = {}) =>
  readEnvelope(utf8(purchase(1).subscription(NAME, { testMode: false, ...options }).body));

describe("parkReason", () => {
  it("lets a live event of the store pass", () => {
    expect(parkReason(envelope(), NAME, LIVE)).toBeNull();
  });

  it("parks what cannot be read", () => {
    expect(parkReason(null, NAME, LIVE)).toBe("unreadable");
  });

  it("parks a body that contradicts its unsigned header", () => {
    expect(parkReason(envelope(), "subscription_expired", LIVE)).toBe("header_mismatch");
  });

  it.each([[100_002], [null], ["1000011"]])("parks events of the store %j", (store_id) => {
    expect(parkReason(envelope({ attributes: { store_id } }), NAME, LIVE)).toBe("wrong_store");
  });

  it("parks test purchases in production, and only there", () => {
    const test = envelope({ testMode: true });
    expect(parkReason(test, NAME, LIVE)).toBe("test_mode");
    expect(parkReason(test, NAME, { ...LIVE, ENVIRONMENT: "staging" })).toBeNull();
  });

  it.each([[1], ["1"], ["true"], ["yes"], [[]]])(
    "takes a test card for one however that is written: %j",
    (flag) => {
      const { body } = purchase(1).subscription(NAME, { testMode: false });
      const ofEvent = body.replace('"test_mode":false', `"test_mode":${JSON.stringify(flag)}`);
      expect(parkReason(readEnvelope(utf8(ofEvent)), NAME, LIVE)).toBe("test_mode");
      const ofObject = envelope({ attributes: { test_mode: flag } });
      expect(parkReason(ofObject, NAME, LIVE)).toBe("test_mode");
    },
  );

  it.each([[0], ["0"], ["false"], [null]])("takes real money for real: %j", (flag) => {
    expect(parkReason(envelope({ attributes: { test_mode: flag } }), NAME, LIVE)).toBeNull();
  });
});
