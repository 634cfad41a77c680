import { describe, expect, it } from "vitest";

import { figure } from "./figure.ts";

describe("figure", () => {
  it("holds at its bound and misses beyond it", () => {
    expect(figure("me.spread.vs_bare_hop", 0.6)).toMatchObject({ target: "≥ 0.6", holds: true });
    expect(figure("me.spread.vs_bare_hop", 0.59).holds).toBe(false);
    expect(figure("limiter.over_admitted", 0).holds).toBe(true);
    expect(figure("limiter.over_admitted", 1).holds).toBe(false);
  });

  it("misses a strict bound by meeting it", () => {
    expect(figure("mix.p50_ms", 50)).toMatchObject({ target: "< 50", holds: false });
    expect(figure("mix.hit_rate", 0.8)).toMatchObject({ target: "> 0.8", holds: false });
  });

  it("never holds what could not be measured", () => {
    expect(figure("limiter.over_admitted", Number.NaN).holds).toBe(false);
    expect(figure("me.hot.vs_bare_object_hop", Number.NaN).holds).toBe(false);
  });

  it("says nothing of a number that is only reported", () => {
    expect(figure("cost.month_1m_per_day_usd", 12)).toMatchObject({ target: null, holds: null });
    expect(figure("row.hello.per_s", 1, "per s")).toMatchObject({ unit: "per s", holds: null });
  });
});
