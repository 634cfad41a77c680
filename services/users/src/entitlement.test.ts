import {
  PAID_TIERS,
  SUBSCRIPTION_STATUSES,
  TIERS,
  type SubscriptionStatus,
} from "@luna/shared/plans";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { entitlement, type Grant, type Subscription } from "./entitlement.ts";

const END = Date.UTC(2030, 0, 31);

const subscription = (change: Partial<Subscription> = {}): Subscription => ({
  tier: "pro",
  status: "active",
  pause: null,
  endsAt: null,
  renewsAt: null,
  ...change,
});

const PAUSES = [null, "void", "free"] as const;
const ENDS = [null, END] as const;
const TIMES = [END - 1, END, END + 1] as const;

/** The whole table, by hand: what a status means, and for two of them what else decides. */
const granted = (
  status: SubscriptionStatus,
  pause: Subscription["pause"],
  endsAt: number | null,
  now: number,
): boolean =>
  ({
    on_trial: true,
    active: true,
    past_due: true,
    paused: pause === "free",
    cancelled: endsAt === null || now < endsAt,
    unpaid: false,
    expired: false,
  })[status];

const TABLE = SUBSCRIPTION_STATUSES.flatMap((status) =>
  PAUSES.flatMap((pause) =>
    ENDS.flatMap((endsAt) =>
      TIMES.map((now) => ({
        status,
        pause,
        endsAt,
        now,
        yes: granted(status, pause, endsAt, now),
      })),
    ),
  ),
);

const anySubscription: fc.Arbitrary<Subscription> = fc.record({
  tier: fc.constantFrom(null, ...PAID_TIERS),
  status: fc.constantFrom(...SUBSCRIPTION_STATUSES),
  pause: fc.constantFrom(...PAUSES),
  endsAt: fc.option(fc.integer({ min: 1, max: 20 })),
  renewsAt: fc.option(fc.integer({ min: 1, max: 20 })),
});
const anyTime = fc.integer({ min: 0, max: 25 });

describe("one subscription", () => {
  it.each(TABLE)("$status, pause $pause, ends $endsAt, at $now grants: $yes", (row) => {
    const { status, pause, endsAt, now, yes } = row;
    expect(entitlement([subscription({ status, pause, endsAt })], now).tier).toBe(
      yes ? "pro" : "free",
    );
  });

  it("shows a cancelled subscription as expired from the moment it ends", () => {
    const cancelled = [subscription({ status: "cancelled", endsAt: END })];
    expect(entitlement(cancelled, END - 1)).toMatchObject({ status: "cancelled", endsAt: END });
    expect(entitlement(cancelled, END)).toMatchObject({ status: "expired", endsAt: END });
  });

  it("is valid until a cancelled subscription ends, and then for ever", () => {
    const cancelled = [subscription({ status: "cancelled", endsAt: END })];
    expect(entitlement(cancelled, END - 1).validUntil).toBe(END);
    expect(entitlement(cancelled, END).validUntil).toBeNull();
    expect(entitlement([subscription()], END).validUntil).toBeNull();
  });

  it("is never cut by renewsAt, which the provider sends wrong", () => {
    expect(entitlement([subscription({ renewsAt: 1 })], END).tier).toBe("pro");
  });

  it("gives no paid plan for a variant that maps to none, and shows its status", () => {
    expect(entitlement([subscription({ tier: null })], END)).toMatchObject({
      tier: "free",
      status: "active",
    });
  });

  it("is free with the status none for whoever never had one", () => {
    expect(entitlement([], END)).toEqual({
      tier: "free",
      status: "none",
      renewsAt: null,
      endsAt: null,
      validUntil: null,
    });
  });
});

describe("several subscriptions", () => {
  it("counts the highest plan among those that grant access", () => {
    const all = [
      subscription({ tier: "enterprise", status: "expired" }),
      subscription({ tier: "starter", renewsAt: 3 }),
      subscription({ tier: "pro", status: "cancelled", endsAt: END, renewsAt: 4 }),
    ];
    expect(entitlement(all, END - 1)).toEqual({
      tier: "pro",
      status: "cancelled",
      renewsAt: 4,
      endsAt: END,
      validUntil: END,
    });
    expect(entitlement(all, END)).toEqual({
      tier: "starter",
      status: "active",
      renewsAt: 3,
      endsAt: null,
      validUntil: null,
    });
  });

  it("is valid until the first of several ends", () => {
    const both = [END + 5, END].map((endsAt) => subscription({ status: "cancelled", endsAt }));
    expect(entitlement(both, END - 1)).toMatchObject({ endsAt: END + 5, validUntil: END });
  });

  it("shows the more settled of two equal plans", () => {
    const both = [subscription({ status: "past_due" }), subscription({ status: "active" })];
    expect(entitlement(both, END).status).toBe("active");
  });

  it("does not depend on their order", () => {
    fc.assert(
      fc.property(
        fc
          .array(anySubscription, { maxLength: 5 })
          .chain((all) =>
            fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
          ),
        anyTime,
        ([all, shuffled], now) => {
          expect(entitlement(shuffled, now)).toEqual(entitlement(all, now));
        },
      ),
    );
  });
});

describe("time", () => {
  it("never gives access back once every cancelled subscription has ended", () => {
    const ended = anySubscription.map((any) => ({
      ...any,
      status: "cancelled" as const,
      endsAt: any.endsAt ?? 20,
    }));
    fc.assert(
      fc.property(fc.array(ended), fc.nat(), (all, later) => {
        const last = Math.max(0, ...all.map(({ endsAt }) => endsAt));
        expect(entitlement(all, last + later).tier).toBe("free");
      }),
    );
  });

  it("changes nothing before validUntil", () => {
    fc.assert(
      fc.property(fc.array(anySubscription), anyTime, anyTime, (all, now, later) => {
        const before = entitlement(all, now);
        fc.pre(later >= now && (before.validUntil === null || later < before.validUntil));
        expect(entitlement(all, later)).toEqual(before);
      }),
    );
  });
});

describe("a grant", () => {
  const pro: Grant = { tier: "pro", until: END };

  it("gives the plan until its end and not a moment longer", () => {
    expect(entitlement([], END - 1, [pro])).toEqual({
      tier: "pro",
      status: "none",
      renewsAt: null,
      endsAt: END,
      validUntil: END,
    });
    expect(entitlement([], END, [pro])).toMatchObject({ tier: "free", endsAt: null });
  });

  it("never takes a better plan away that was paid for", () => {
    const paid = subscription({ tier: "enterprise" });
    expect(entitlement([paid], END - 1, [pro])).toMatchObject({ tier: "enterprise", endsAt: null });
  });

  it("lifts whoever does not pay, and says so of the subscription", () => {
    const unpaid = subscription({ tier: "enterprise", status: "unpaid" });
    expect(entitlement([unpaid], END - 1, [pro])).toMatchObject({ tier: "pro", status: "unpaid" });
  });

  const anyGrant: fc.Arbitrary<Grant> = fc.record({
    tier: fc.constantFrom(...PAID_TIERS),
    until: fc.integer({ min: 1, max: 20 }),
  });

  it("and all others give the highest plan, and what they give stands until `validUntil`", () => {
    const sources = [fc.array(anySubscription), fc.array(anyGrant), anyTime] as const;
    fc.assert(
      fc.property(...sources, (subscriptions, grants, now) => {
        const answer = entitlement(subscriptions, now, grants);
        const tiers = [
          entitlement(subscriptions, now).tier,
          ...grants.filter(({ until }) => now < until).map(({ tier }) => tier),
        ];
        const highest = Math.max(...tiers.map((tier) => TIERS.indexOf(tier)));
        expect(TIERS.indexOf(answer.tier)).toBe(highest);
        const until = answer.validUntil ?? 30;
        expect(until).toBeGreaterThan(now);
        for (let later = now; later < until; later += 1)
          expect(entitlement(subscriptions, later, grants)).toEqual(answer);
      }),
    );
  });
});
