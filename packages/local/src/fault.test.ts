import { describe, expect, it } from "vitest";

import { faultSwitch, parseFault } from "./fault.ts";

describe("fault", () => {
  it("strikes only its own mode and only as often as asked", () => {
    const draws = [0.49, 0.5];
    const faults = faultSwitch("none", () => draws.shift() ?? 0);
    faults.set({ mode: "421", rate: 0.5 } as never);
    expect(faults.strikes("none")).toBe(false);
    expect([faults.strikes("421" as never), faults.strikes("421" as never)]).toEqual([true, false]);
  });

  it.each([
    ["{", "JSON"],
    ["[]", "JSON"],
    ['{"mode":"boom","rate":1}', "mode"],
    ['{"mode":"421","rate":1.5}', "rate"],
    ['{"mode":"421","rate":"1"}', "rate"],
    ['{"mode":"421","rate":1,"extra":1}', "extra"],
  ])("refuses %s and names what is wrong", (body, named) => {
    expect(parseFault(body, ["none", "421"])).toEqual({ problem: expect.stringContaining(named) });
  });
});
