import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { admit } from "./admit.ts";
import {
  ADMITTED,
  ANN,
  deniedAs,
  passageWith,
  routeOf,
  subjectsThat,
} from "./passage-for-tests.ts";
import { settle, takeSettled } from "./settlements.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

let people = 0;
/** Somebody of whom this isolate has nothing to tell. */
const somebody = () => ({ ...ANN, userId: `settled-${(people += 1)}` });

describe("the end of a write", () => {
  it("is told by its caller's next question, and only by that", async () => {
    const shown = somebody();
    const subjects = subjectsThat(() => Promise.resolve(ADMITTED));
    const { passage, done } = passageWith(subjects);
    settle({ shown, mark: "m1" }, passage);
    settle({ shown, mark: "m2" }, passage);
    await admit(somebody(), routeOf(), passage);
    await admit(shown, routeOf(), passage);
    await admit(shown, routeOf(), passage);
    expect(subjects.asked.map(({ settled }) => settled)).toEqual([[], ["m1", "m2"], []]);
    await vi.runAllTimersAsync();
    await done();
    expect(subjects.settled).toEqual([]);
  });

  it("is told by itself when no question comes", async () => {
    const shown = somebody();
    const subjects = subjectsThat();
    const { passage, done } = passageWith(subjects);
    settle({ shown, mark: "m1" }, passage);
    settle({ shown, mark: "m2" }, passage);
    await vi.runAllTimersAsync();
    await done();
    expect([subjects.settled, takeSettled(shown.userId)]).toEqual([["m1", "m2"], []]);
  });

  it("is not told before its own second by the end of an earlier write", async () => {
    const shown = somebody();
    const subjects = subjectsThat(() => Promise.resolve(ADMITTED));
    const { passage, done } = passageWith(subjects);
    settle({ shown, mark: "m1" }, passage);
    await vi.advanceTimersByTimeAsync(600);
    await admit(shown, routeOf(), passage);
    settle({ shown, mark: "m2" }, passage);
    await vi.advanceTimersByTimeAsync(999);
    expect(subjects.settled).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    await done();
    expect(subjects.settled).toEqual(["m2"]);
  });

  it("waits while a question is answered without asking", async () => {
    const shown = somebody();
    const subjects = subjectsThat(() =>
      Promise.resolve(deniedAs("rate_limited", { violated: ["user"], retryAt: null })),
    );
    const { passage } = passageWith(subjects);
    await admit(shown, routeOf(), passage);
    settle({ shown, mark: "m1" }, passage);
    await admit(shown, routeOf(), passage);
    expect(subjects.asked).toHaveLength(1);
    expect(takeSettled(shown.userId)).toEqual(["m1"]);
  });

  it("is nothing to tell for what has no mark", () => {
    const shown = somebody();
    settle({ shown, mark: null }, passageWith({}).passage);
    expect(takeSettled(shown.userId)).toEqual([]);
  });
});
