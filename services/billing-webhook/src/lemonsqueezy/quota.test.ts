import { describe, expect, it } from "vitest";

import { CALLS_PER_MINUTE, feedbackOf, heed, letGo, UNUSED } from "./quota.ts";

const NOW = Date.UTC(2026, 2, 1);

describe("the quota", () => {
  it("admits at most 60 calls in any rolling minute, however they fall", () => {
    let state = UNUSED;
    const gone: number[] = [];
    // A step that shares no factor with the window, so that every phase is met.
    for (let now = NOW; now < NOW + 10 * 60_000; now += 137) {
      const next = letGo(state, "background", now);
      state = next.state;
      if (next.waitMs === 0) gone.push(now);
    }
    const most = Math.max(
      ...gone.map((from) => gone.filter((at) => at >= from && at < from + 60_000).length),
    );
    expect(most).toBe(CALLS_PER_MINUTE);
    expect(gone.length).toBeGreaterThan(500);
  });

  it("tells a wait after which the call goes", () => {
    let state = UNUSED;
    for (let call = 0; call < CALLS_PER_MINUTE; call += 1)
      state = letGo(state, "background", NOW + call).state;
    const { waitMs } = letGo(state, "background", NOW + 100);
    expect(letGo(state, "background", NOW + 100 + waitMs - 1).waitMs).toBe(1);
    expect(letGo(state, "background", NOW + 100 + waitMs).waitMs).toBe(0);
  });

  it("counts the calls of people, so that background work makes room for them", () => {
    let state = UNUSED;
    for (let call = 0; call < 200; call += 1) state = letGo(state, "person", NOW).state;
    expect(letGo(state, "background", NOW).waitMs).toBeGreaterThan(0);
    expect(state.calls).toHaveLength(CALLS_PER_MINUTE);
  });

  it("never shortens a wait", () => {
    const held = heed(heed(UNUSED, { heldUntil: NOW + 9_000 }), { heldUntil: NOW + 1_000 });
    expect(letGo(held, "person", NOW).waitMs).toBe(9_000);
  });
});

describe("feedbackOf", () => {
  const headers = (init: Record<string, string>) => new Headers(init);

  it.each([
    ["seconds", { "retry-after": "30" }, 30_000],
    ["a date", { "retry-after": new Date(NOW + 20_000).toUTCString() }, 20_000],
    ["nothing", {}, 60_000],
    ["nonsense", { "retry-after": "soon" }, 60_000],
    ["a year", { "retry-after": "999999" }, 600_000],
  ])("reads a 429 that asks to wait for %s", (_what, init, wait) => {
    expect(feedbackOf(429, headers(init), NOW)).toEqual({ heldUntil: NOW + wait });
  });

  it.each([
    ["240", {}, null],
    ["60", {}, null],
    ["59", {}, { quietUntil: NOW + 60_000 }],
    ["0", {}, { quietUntil: NOW + 60_000 }],
    ["59", { "x-ratelimit-limit": "60" }, null],
    ["11", { "x-ratelimit-limit": "60" }, { quietUntil: NOW + 60_000 }],
    ["many", {}, null],
  ])("reads %s calls left of %o", (left, more, feedback) => {
    const given = headers({ "x-ratelimit-remaining": left, ...more });
    expect(feedbackOf(200, given, NOW)).toEqual(feedback);
  });
});
