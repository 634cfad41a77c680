import { describe, expect, it } from "vitest";

import { GRACE_MS, judgeRefresh, type Session } from "./session.ts";

const ROTATED = 1_000_000;
const IDLE = ROTATED + 500_000;
const ABSOLUTE = ROTATED + 600_000;

const session: Session = {
  id: "s1",
  accountId: "a1",
  generation: 3,
  counter: 7,
  rotatedAt: ROTATED,
  idleExpiresAt: IDLE,
  absoluteExpiresAt: ABSOLUTE,
  revokedAt: null,
};

const judge = (counter: number, now: number, change: Partial<Session> = {}, generation = 3) =>
  judgeRefresh({ ...session, ...change }, { sessionId: "s1", counter }, generation, now);

describe("a refresh token that was not the one to rotate", () => {
  it.each([
    ["the one before, at once", 6, ROTATED, "grace"],
    ["the one before, at the end of the grace", 6, ROTATED + GRACE_MS, "grace"],
    ["the one before, after the grace", 6, ROTATED + GRACE_MS + 1, "reused"],
    ["one older than that, at once", 5, ROTATED, "reused"],
    ["the first, at once", 0, ROTATED, "reused"],
    ["one of the future, as after a restored backup", 8, ROTATED, "reused"],
  ])("is judged: %s", (_what, counter, now, verdict) => {
    expect(judge(counter, now)).toBe(verdict);
  });

  it.each([
    ["the session was revoked", ROTATED, { revokedAt: ROTATED }, 3],
    ["the account signed out everywhere", ROTATED, {}, 4],
    ["the session was unused too long", IDLE, {}, 3],
    ["the session is too old", ABSOLUTE, { idleExpiresAt: ABSOLUTE + 1 }, 3],
  ])("belongs to a session that is over when %s", (_what, now, change, generation) => {
    expect(judge(6, now, change, generation)).toBe("over");
    expect(judge(0, now, change, generation)).toBe("over");
  });

  it("belongs to a living session until the very moment it ends", () => {
    expect(judge(6, IDLE - 1, { rotatedAt: IDLE - 1 })).toBe("grace");
  });
});
