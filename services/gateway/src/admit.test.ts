import { Failure } from "@luna/shared/http/problem";
import { err, ok } from "@luna/shared/rpc/result";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { admit, callerOf } from "./admit.ts";
import {
  ADMITTED,
  ANN,
  client,
  deniedAs,
  never,
  NOW,
  passageWith,
  routeOf,
  subjectsThat,
} from "./passage-for-tests.ts";
import type { Shown } from "./read-credential.ts";

/** The deny cache outlives a test, so everybody is somebody else. */
let shown: Shown;
let people = 0;
beforeEach(() => {
  people += 1;
  shown = { ...ANN, userId: `ann-${people}` };
});

const yes = () => Promise.resolve(ADMITTED);
const no =
  (...denial: Parameters<typeof deniedAs>) =>
  () =>
    Promise.resolve(deniedAs(...denial));

const enter = (env: object, route = routeOf()) => {
  const { passage, lines } = passageWith(env);
  return { entry: admit(shown, route, passage), lines };
};
const codeOf = async (env: object, route = routeOf()) => {
  const entry = await enter(env, route).entry;
  return entry instanceof Failure ? entry.code : "admitted";
};

describe("a caller", () => {
  it("is let in by one question, which marks only what may write", async () => {
    const subjects = subjectsThat(yes);
    expect(await enter(subjects).entry).toMatchObject({ admitted: ADMITTED, mark: null });
    const write = await enter(subjects, routeOf({ method: "PATCH" })).entry;
    expect(subjects.asked).toMatchObject([
      { needs: "read", mark: null, limit: "plan" },
      { needs: "write", mark: expect.stringMatching(/./) },
    ]);
    expect(write).toHaveProperty("mark", subjects.asked[1]?.mark);
  });

  it.each([
    ["revoked", "invalid_token"],
    ["suspended", "forbidden"],
    ["missing_scope", "forbidden"],
    ["rate_limited", "rate_limited"],
  ] as const)("who is %s meets %s", async (denial, code) => {
    expect(await codeOf(subjectsThat(no(denial)))).toBe(code);
  });

  it("reaches a service with the plan that was found for them", async () => {
    const { entry } = enter(subjectsThat(() => Promise.resolve({ ...ADMITTED, tier: "pro" })));
    const admitted = await entry;
    if (admitted instanceof Failure) throw new Error("they were refused");
    expect(callerOf(admitted, client)).toMatchObject({ userId: shown.userId, tier: "pro" });
  });

  it("who was denied is denied for a second without a question, and not longer", async () => {
    const subjects = subjectsThat(no("rate_limited", { retryAt: NOW + 60_000 }));
    for (let turn = 0; turn < 100; turn += 1) expect(await codeOf(subjects)).toBe("rate_limited");
    expect(subjects.asked).toHaveLength(1);
    const { passage } = passageWith(subjects);
    await admit(shown, routeOf(), { ...passage, now: NOW + 1_000 });
    expect(subjects.asked).toHaveLength(2);
  });

  it("who was denied the plan may still ask what has its own limit", async () => {
    await codeOf(subjectsThat(no("rate_limited", { retryAt: NOW + 60_000 })));
    expect(await codeOf(subjectsThat(yes), routeOf({ limit: "account" }))).toBe("admitted");
  });
});

describe("a Subject that lacks knowledge", () => {
  const owners = (auth: unknown, users: unknown) => ({
    AUTH: { heal: () => Promise.resolve(auth) },
    USERS: { heal: () => Promise.resolve(users) },
  });
  const exists = ok({ exists: true });

  it.each(["unknown_subject", "unknown_key"] as const)(
    "is told and asked again, once: %s",
    async (code) => {
      const subjects = subjectsThat(no(code), yes);
      expect(await codeOf({ ...subjects, ...owners(exists, ok(null)) })).toBe("admitted");
      const stubborn = subjectsThat(no(code));
      expect(await codeOf({ ...stubborn, ...owners(exists, ok(null)) })).toBe("invalid_token");
      expect(stubborn.asked).toHaveLength(2);
    },
  );

  it("ends the credential only when its owner says that it does not exist", async () => {
    const subjects = subjectsThat(no("unknown_subject"));
    const gone = owners(ok({ exists: false }), err("not_found"));
    expect(await codeOf({ ...subjects, ...gone })).toBe("invalid_token");
    expect(subjects.asked).toHaveLength(1);
  });

  it.each([
    ["auth cannot say", err("unavailable"), ok(null)],
    ["users cannot say", exists, err("unavailable")],
    ["the profile is not there yet", exists, err("not_found")],
  ])("makes its caller wait while %s", async (_what, auth, users) => {
    const subjects = subjectsThat(no("unknown_subject"));
    expect(await codeOf({ ...subjects, ...owners(auth, users) })).toBe("unavailable");
  });
});

describe("a Subject that does not answer", () => {
  const silent: [string, () => Promise<never>][] = [
    ["hangs", never],
    ["throws", () => Promise.reject(new Error("broken stub"))],
  ];

  const degraded = (confirm: () => Promise<unknown>, allowed = true) => {
    const order: string[] = [];
    return {
      order,
      DEGRADED: {
        limit: () => Promise.resolve(order.push("limit")).then(() => ({ success: allowed })),
      },
      AUTH: {
        confirm: () => {
          order.push("confirm");
          return confirm();
        },
      },
    };
  };
  const says = (answer: unknown) => () => Promise.resolve(answer);
  const confirmed = says(ok({ role: "user", scopes: null }));

  it.each(silent)(
    "and %s lets in a read that auth confirms, keeps nothing, counts it",
    async (_what, how) => {
      const env = { ...subjectsThat(how), ...degraded(confirmed) };
      const { entry, lines } = enter(env);
      expect(await entry).toMatchObject({
        admitted: null,
        mark: null,
        granted: { role: "user", tier: "free" },
      });
      expect(env.order).toEqual(["limit", "confirm"]);
      expect(lines).toMatchObject([{ level: "metric", message: "ratelimit_degraded", value: 1 }]);
    },
  );

  it.each(silent)(
    "and %s lets in no write and no administration, and asks nobody else",
    async (_what, how) => {
      const routes = [routeOf({ method: "POST" }), routeOf({ access: "admin" })];
      for (const route of routes) {
        const env = { ...subjectsThat(how), ...degraded(confirmed) };
        expect(await codeOf(env, route)).toBe("unavailable");
        expect(env.order).toEqual([]);
      }
    },
  );

  it.each([
    ["the credential is over", says(err("revoked")), "invalid_token"],
    ["auth has no database", says(err("unavailable")), "unavailable"],
    ["auth hangs", never, "unavailable"],
    ["auth throws", () => Promise.reject(new Error("down")), "unavailable"],
    ["the key may only write", says(ok({ role: "user", scopes: ["write"] })), "forbidden"],
  ])("refuses a read when %s", async (_what, confirm, code) => {
    const env = { ...subjectsThat(never), ...degraded(confirm) };
    expect(await codeOf(env)).toBe(code);
  });

  describe("within its deadline", () => {
    beforeEach(() => void vi.useFakeTimers());
    afterEach(async () => {
      // Whoever looks after those who wait does so until nobody does.
      await vi.runAllTimersAsync();
      vi.useRealTimers();
    });

    const answeredAfter = (ms: number) => async () => {
      await vi.advanceTimersByTimeAsync(ms);
      return ADMITTED;
    };

    it.each([
      ["soon: auth is asked nothing", 174, []],
      ["late: auth was asked for nothing", 249, ["limit", "confirm"]],
    ])("answers %s", async (_what, ms, order) => {
      const env = { ...subjectsThat(answeredAfter(ms)), ...degraded(confirmed) };
      const { entry, lines } = enter(env);
      expect(await entry).toMatchObject({ admitted: ADMITTED });
      expect([env.order, lines]).toEqual([order, []]);
    });

    it("and is waited for no longer while auth has answered already", async () => {
      const env = { ...subjectsThat(never), ...degraded(confirmed) };
      const { entry, lines } = enter(env);
      await vi.advanceTimersByTimeAsync(249);
      expect([env.order, lines]).toEqual([["limit", "confirm"], []]);
      await vi.advanceTimersByTimeAsync(1);
      expect(await entry).toMatchObject({ admitted: null });
    });
  });

  it("refuses what is beyond the coarse limit", async () => {
    const env = { ...subjectsThat(never), ...degraded(confirmed, false) };
    expect(await codeOf(env)).toBe("unavailable");
    expect(env.order).toEqual(["limit"]);
  });
});
