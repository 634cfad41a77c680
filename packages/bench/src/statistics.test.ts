import { describe, expect, it } from "vitest";

import { median, percentile } from "./statistics.ts";

describe("percentile", () => {
  it("is the nearest rank of the sorted values", () => {
    const hundred = Array.from({ length: 100 }, (_, index) => index + 1);
    expect(percentile(hundred, 0.5)).toBe(50);
    expect(percentile(hundred, 0.99)).toBe(99);
    expect(percentile(hundred, 1)).toBe(100);
  });

  it("is the only value when there is one", () => {
    expect(percentile([7], 0.01)).toBe(7);
  });

  it("is not a number when nothing was measured", () => {
    expect(percentile([], 0.5)).toBeNaN();
  });
});

describe("median", () => {
  it("is the middle of an odd number of values in any order", () => {
    expect(median([9, 1, 5])).toBe(5);
  });

  it("is between the middle two of an even number", () => {
    expect(median([4, 1, 2, 10])).toBe(3);
  });

  it("is not a number when nothing was measured", () => {
    expect(median([])).toBeNaN();
  });
});
