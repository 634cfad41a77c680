import { describe, expect, it } from "vitest";

import { createExactLog, worstWindow } from "./exact-log.ts";
import { judge } from "./judge.ts";

const TEN_A_SECOND = { limit: 10, windowMs: 1_000 };

describe("createExactLog", () => {
  it("admits the limit in a window and again once the oldest has left it", () => {
    const admit = createExactLog([{ limit: 2, windowMs: 100 }]);
    expect([admit(0, 1), admit(50, 1), admit(99, 1), admit(100, 1)]).toEqual([
      true,
      true,
      false,
      true,
    ]);
  });

  it("charges no policy when one refuses", () => {
    const admit = createExactLog([
      { limit: 3, windowMs: 1_000 },
      { limit: 1, windowMs: 10 },
    ]);
    expect([admit(0, 1), admit(1, 1), admit(20, 1), admit(40, 1)]).toEqual([
      true,
      false,
      true,
      true,
    ]);
  });
});

describe("worstWindow", () => {
  it("finds the window across a boundary that a fixed window would not see", () => {
    const hits = [
      { at: 990, units: 10 },
      { at: 1_010, units: 10 },
    ];
    expect(worstWindow(hits, 1_000)).toBe(20);
  });

  it("counts nothing twice that is a whole window apart", () => {
    const hits = [
      { at: 0, units: 10 },
      { at: 1_000, units: 10 },
    ];
    expect(worstWindow(hits, 1_000)).toBe(10);
  });
});

describe("judge", () => {
  it("catches a fixed window that admits twice the limit around its end", () => {
    const outcomes = [
      { at: 999, asked: 20, admitted: 10 },
      { at: 1_000, asked: 20, admitted: 10 },
    ];
    expect(judge(outcomes, [TEN_A_SECOND], 1)).toEqual({ over: 10, admitted: 20, exact: 10 });
  });

  it("catches a counter that lost its memory", () => {
    const outcomes = [
      { at: 0, asked: 10, admitted: 10 },
      { at: 10, asked: 1, admitted: 1 },
    ];
    expect(judge(outcomes, [TEN_A_SECOND], 1).over).toBe(1);
  });

  it("counts units, not requests, where requests have a weight", () => {
    const outcomes = [{ at: 0, asked: 3, admitted: 2 }];
    expect(judge(outcomes, [TEN_A_SECOND], 5)).toEqual({ over: 0, admitted: 2, exact: 2 });
  });
});
