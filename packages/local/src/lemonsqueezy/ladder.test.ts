import { describe, expect, it } from "vitest";

import { CALM } from "./chaos.ts";
import { afterAttempt, type Conditions } from "./ladder.ts";
import type { Attempt, Progress } from "./records.ts";

const FRESH: Progress = { id: 1, state: "pending", attempts: [], dueAt: 0 };
const calm: Conditions = { chaos: CALM, scaleMs: 1_000, draw: () => 0 };

/** How far the delivery is after these outcomes, each attempted exactly when due. */
const climb = (
  outcomes: readonly Attempt["outcome"][],
  { conditions = calm, from = FRESH, resent = false } = {},
): Progress =>
  outcomes.reduce<Progress>((progress, outcome) => {
    const attempt = { at: progress.dueAt, ms: 1, outcome, answered: null };
    return afterAttempt(progress, resent ? { ...attempt, resent: true } : attempt, conditions);
  }, from);

describe("ladder", () => {
  it("attempts at 0, 5, 30 and 155 s and then drops the event", () => {
    const dropped = climb([500, 500, 500, 500]);
    expect(dropped.attempts.map(({ at }) => at)).toEqual([0, 5_000, 30_000, 155_000]);
    expect(dropped.state).toBe("dropped");
    expect(climb([500, 500, 500]).state).toBe("pending");
  });

  it.each([201, 204, 302, 400, "ECONNREFUSED"])("takes %s for a failure", (outcome) => {
    expect(climb([outcome])).toMatchObject({ state: "pending", dueAt: 5_000 });
  });

  it("stops at the first 200", () => {
    expect(climb([503, 200]).state).toBe("delivered");
  });

  it("repeats a delivered event as often as chaos says, and forgives a repetition's failure", () => {
    const conditions = { ...calm, chaos: { ...CALM, repeat: 1, times: 2 } };
    expect(climb([200], { conditions })).toMatchObject({ state: "pending", dueAt: 1_000 });
    expect(climb([200, 200], { conditions }).state).toBe("pending");
    expect(climb([200, 200, 200], { conditions }).state).toBe("delivered");
    expect(climb([200, 500], { conditions }).state).toBe("delivered");
  });

  it("takes what was sent by hand for no step, unless it was accepted", () => {
    const from = climb([500, 500]);
    const byHand = climb([500, 500, 500], { from, resent: true });
    expect(byHand).toMatchObject({ state: "pending", dueAt: from.dueAt });
    const third = climb([500], { from: byHand });
    expect(third).toMatchObject({ state: "pending", dueAt: 155_000 });
    expect(climb([200], { from, resent: true }).state).toBe("delivered");
    const dropped = climb([500, 500, 500, 500]);
    expect(climb([500], { from: dropped, resent: true }).state).toBe("dropped");
    expect(climb([200], { from: dropped, resent: true }).state).toBe("delivered");
  });
});
