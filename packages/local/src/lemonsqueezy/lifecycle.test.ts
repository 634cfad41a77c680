import { SUBSCRIPTION_STATUSES } from "@luna/shared/plans";
import { describe, expect, it } from "vitest";

import { act, type Action, ACTIONS, isPossible, nextMonth } from "./lifecycle.ts";
import type { Subscription } from "./records.ts";

const NOW = Date.UTC(2026, 0, 10);
const ROW: Subscription = {
  id: 1,
  customerId: 1,
  orderId: 1,
  itemId: 1,
  itemUpdatedAt: 0,
  tier: "pro",
  quantity: 1,
  processor: "stripe",
  trialEndsAt: null,
  status: "active",
  pause: null,
  failures: 0,
  custom: {},
  renewsAt: Date.UTC(2026, 1, 1),
  endsAt: null,
  createdAt: 0,
  updatedAt: 0,
  seenAt: 0,
};
const after = (...actions: Action[]): Subscription =>
  actions.reduce((row, action) => act(action, row, NOW), ROW);

describe("lifecycle", () => {
  it.each([
    ["2026-01-31", "2026-02-28"],
    ["2028-01-31", "2028-02-29"],
    ["2026-12-15", "2027-01-15"],
    ["2026-04-30", "2026-05-30"],
  ])("a month after %s is %s", (from, to) => {
    expect(nextMonth(Date.parse(from))).toBe(Date.parse(to));
  });

  it("keeps access until the paid period ends when cancelled", () => {
    expect(after("cancel")).toMatchObject({ status: "cancelled", endsAt: ROW.renewsAt });
    expect(after("cancel", "resume")).toMatchObject({ status: "active", endsAt: null });
  });

  it("is unpaid after the fourth failed charge and active again once one succeeds", () => {
    expect(after("fail", "fail", "fail").status).toBe("past_due");
    expect(after("fail", "fail", "fail", "fail").status).toBe("unpaid");
    expect(after("fail", "recover")).toMatchObject({ status: "active", failures: 0 });
  });

  it("turns a trial into a paid month with an item, and cancelled back into a trial", () => {
    const end = Date.UTC(2026, 0, 20);
    const trial: Subscription = {
      ...ROW,
      status: "on_trial",
      itemUpdatedAt: null,
      trialEndsAt: end,
      renewsAt: end,
    };
    expect(act("renew", trial, end)).toMatchObject({
      status: "active",
      itemUpdatedAt: end,
      renewsAt: Date.UTC(2026, 1, 20),
    });
    const cancelled = act("cancel", trial, NOW);
    expect(cancelled).toMatchObject({ status: "cancelled", endsAt: end });
    expect(act("resume", cancelled, NOW).status).toBe("on_trial");
    expect(act("resume", cancelled, end).status).toBe("active");
    const early = act("renew", trial, NOW);
    expect(act("unpause", act("pause", early, NOW), NOW).status).toBe("active");
  });

  it("pauses with or without service, until a day if one is named", () => {
    expect(after("pause").pause).toEqual({ mode: "void", resumesAt: null });
    const pause = { mode: "free", resumesAt: NOW + 1 } as const;
    expect(act("pause", ROW, NOW, pause).pause).toEqual(pause);
    expect(after("pause", "unpause")).toMatchObject({ status: "active", pause: null });
  });

  it("moves only the item's clock when seats change", () => {
    const seats = act("seats", ROW, NOW, { quantity: 5 });
    expect(seats).toMatchObject({ quantity: 5, itemUpdatedAt: NOW, updatedAt: ROW.updatedAt });
    const plan = act("plan", ROW, NOW, { tier: "enterprise" });
    expect(plan).toMatchObject({ tier: "enterprise", itemUpdatedAt: NOW, updatedAt: NOW });
  });

  it("never lets its clocks go back", () => {
    const late = { ...ROW, updatedAt: NOW + 5, seenAt: NOW + 9 };
    expect(act("cancel", late, NOW)).toMatchObject({ updatedAt: NOW + 5, seenAt: NOW + 9 });
  });

  it("lets nothing but a refund and a key happen to an expired subscription", () => {
    const possible = ACTIONS.filter((action) => isPossible(action, "expired"));
    expect(possible).toEqual(["refund", "key"]);
  });

  it("resumes only what was cancelled", () => {
    expect(SUBSCRIPTION_STATUSES.filter((status) => isPossible("resume", status))).toEqual([
      "cancelled",
    ]);
  });
});
