import type { Database } from "@luna/shared/d1/database";
import { LOCAL_VARIANTS } from "@luna/shared/plans";
import { err, ok } from "@luna/shared/rpc/result";
import type { UsersForBilling } from "@luna/shared/rpc/users";
import { newTrace } from "@luna/shared/trace";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { askContact } from "./ask-contact.ts";
import { deliverEffect } from "./deliver-effect.ts";

const EFFECT = { effect: "users.subscription", key: "subscription:1:a.1", payload: { id: "1" } };
const trace = newTrace();

/** A database whose every read finds this row. */
const finding = (row: object | null) =>
  ({ first: () => Promise.resolve(row) }) as unknown as Database;

const deliver = (apply: UsersForBilling["applySubscription"], row: object | null = {}) =>
  deliverEffect({
    users: { applySubscription: apply, contactOf: () => Promise.resolve(err("not_found")) },
    mailer: { accept: () => Promise.resolve(ok(null)) },
    db: finding(row),
    config: { LEMONSQUEEZY_VARIANTS: LOCAL_VARIANTS, APP_URL: "", API_URL: "http://api.test" },
    lemonSqueezy: { fetchObject: () => Promise.resolve(err("unavailable")) },
    clock: () => 0,
  });

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe("delivering an effect", () => {
  it("stops waiting for a receiver that hangs, within the lease of the row", async () => {
    const delivered = deliver(() => new Promise(() => undefined))(EFFECT, trace);
    await vi.advanceTimersByTimeAsync(4_999);
    expect(await delivered).toMatchObject({ ok: false, code: "unavailable" });
  });

  it("tries again what may succeed later and gives up what never will", async () => {
    const outage = deliver(() => Promise.resolve(err("unavailable")));
    expect(await outage(EFFECT, trace)).toMatchObject({ code: "unavailable" });
    const refusal = deliver(() => Promise.resolve(err("invalid_input")));
    expect(await refusal(EFFECT, trace)).toMatchObject({ code: "refused" });
    const gone = deliver(() => Promise.resolve(ok(null)), null);
    expect(await gone(EFFECT, trace)).toMatchObject({ code: "refused" });
    const unknown = deliver(() => Promise.resolve(ok(null)));
    expect(await unknown({ ...EFFECT, effect: "x" }, trace)).toMatchObject({ code: "refused" });
  });

  it("gives up a receipt for a user who is gone", async () => {
    const receipt = { effect: "mail.receipt", key: "receipt:1:1", payload: { id: "1" } };
    const row = { owner_kind: "user", owner_id: "ada" };
    expect(await deliver(() => Promise.resolve(ok(null)), row)(receipt, trace)).toMatchObject({
      code: "refused",
      detail: "the user is gone",
    });
  });
});

describe("asking for a contact", () => {
  it("answers unavailable when users hangs", async () => {
    const users = { contactOf: () => new Promise(() => undefined) } as unknown as UsersForBilling;
    const asked = askContact(users, "ada", trace);
    await vi.advanceTimersByTimeAsync(3_000);
    expect(await asked).toMatchObject({ ok: false, code: "unavailable" });
  });
});
