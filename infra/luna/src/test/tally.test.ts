import { describe, expect, it } from "vitest";

import { createTally } from "./tally.ts";

const tallyOf = (lines: string[], exitCode: number) => {
  const tally = createTally();
  for (const line of lines) tally.read(line);
  return tally.total(exitCode);
};

describe("the tally of a test run", () => {
  it("adds up the summaries of all packages", () => {
    const lines = [
      "auth:test:  Test Files  1 failed | 2 passed (3)",
      "auth:test:       Tests  1 failed | 3 passed | 2 skipped (6)",
      "users:test: \u001B[2m      Tests \u001B[22m \u001B[1m\u001B[32m40 passed\u001B[39m\u001B[22m (40)",
    ];
    expect(tallyOf(lines, 1)).toEqual({ passed: 43, failed: 1 });
  });

  it("counts a file that did not load as a failure", () => {
    const lines = [
      "auth:test:  Test Files  2 failed | 2 passed (4)",
      "auth:test:       Tests  3 passed (3)",
    ];
    expect(tallyOf(lines, 1)).toEqual({ passed: 3, failed: 2 });
  });

  it("counts a build that failed before any test as a failure", () => {
    expect(tallyOf(["auth:build: error"], 1)).toEqual({ passed: 0, failed: 1 });
  });

  it("keeps what was told of the failures, of each package alone", () => {
    const tally = createTally();
    for (const line of [
      "auth:test: ✓ one",
      "auth:test: ⎯⎯⎯⎯ Failed Tests 1 ⎯⎯⎯⎯",
      "auth:test:  FAIL  src/a.test.ts > two",
      "users:test: ✓ three",
      "auth:test: AssertionError: expected 1 to be 2",
      "auth:test:  Test Files  1 failed (1)",
      "auth:test:    Duration  1s",
    ])
      tally.read(line);
    expect(tally.failures().slice(1)).toEqual([
      "auth:test:  FAIL  src/a.test.ts > two",
      "auth:test: AssertionError: expected 1 to be 2",
    ]);
  });

  it("is not fooled by a test that prints the word", () => {
    expect(tallyOf(["auth:test: we saw Tests  9 passed (9)"], 0)).toEqual({ passed: 0, failed: 0 });
  });
});
