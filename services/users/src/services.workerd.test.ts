import type { NewUser, SubscriptionState } from "@luna/shared/rpc/users";
import type { TaskName } from "@luna/shared/rpc/tasks";
import { newTrace } from "@luna/shared/trace";
import { beforeEach, describe, expect, it } from "vitest";

import {
  apply,
  billing,
  create,
  DAY,
  DB,
  gateway,
  getMe,
  newUser,
  NOW,
  rowsOf,
  scheduler,
  setTime,
  startAfresh,
  subscriptionOf,
} from "./workerd.fixture.ts";

beforeEach(startAfresh);

const planOf = async (userId: string) => {
  const answer = await getMe(userId);
  const { tier, subscriptionStatus } = await answer.json<{
    tier: string;
    subscriptionStatus: string;
  }>();
  return [tier, subscriptionStatus];
};

const actions = async () => (await rowsOf("audit")).map(({ action }) => action);

describe("createUser", () => {
  it("makes one user, one usage row and one record, however often it is told", async () => {
    expect(await create(newUser("ann"))).toEqual({ ok: true, value: null });
    const first = await rowsOf("users");
    expect(await create(newUser("ann", { name: "Later", email: "later@example.com" }))).toEqual({
      ok: true,
      value: null,
    });
    await Promise.all([1, 2, 3, 4, 5].map(() => create(newUser("ann"))));
    expect(await rowsOf("users")).toEqual(first);
    expect(await rowsOf("usage_metrics")).toEqual([
      { user_id: "ann", period: "2030-01", requests: 0, seq: 0, updated_at: NOW },
    ]);
    expect(await actions()).toEqual(["user.created"]);
  });

  it("makes no user when its usage row cannot be made", async () => {
    await DB.exec("DROP TABLE usage_metrics");
    expect(await create(newUser("ann"))).toMatchObject({ ok: false, code: "unavailable" });
    expect(await rowsOf("users")).toEqual([]);
    expect(await rowsOf("audit")).toEqual([]);
  });

  it("refuses what is no user", async () => {
    const broken = { ...newUser("ann"), email: 7 } as unknown as NewUser;
    expect(await create(broken)).toMatchObject({ ok: false, code: "invalid_input" });
    expect(await rowsOf("users")).toEqual([]);
  });
});

describe("applySubscription", () => {
  beforeEach(async () => {
    await create(newUser("ann"));
    await create(newUser("bob"));
  });

  it("gives its owner the plan on the next read, and nobody else", async () => {
    await apply(subscriptionOf("ann"));
    expect(await planOf("ann")).toEqual(["pro", "active"]);
    expect(await planOf("bob")).toEqual(["free", "none"]);
    const before = await rowsOf("subscriptions");
    await apply(subscriptionOf("bob", { tier: "starter", seq: 9 }));
    expect(await rowsOf("subscriptions")).toEqual([...before, expect.anything()]);
    expect(await planOf("ann")).toEqual(["pro", "active"]);
  });

  it.each([
    ["a higher seq", 2, 8, true],
    ["a higher epoch with a lower seq", 3, 1, true],
    ["the same epoch and seq", 2, 7, false],
    ["a lower seq", 2, 6, false],
    ["a lower epoch with a higher seq", 1, 99, false],
  ])("judges a repeat with %s", async (_what, epoch, seq, applied) => {
    await apply(subscriptionOf("ann", { epoch: 2, seq: 7 }));
    const [before] = await rowsOf("subscriptions");
    await apply(subscriptionOf("ann", { epoch, seq, status: "expired" }));
    expect(await planOf("ann")).toEqual(applied ? ["free", "expired"] : ["pro", "active"]);
    expect(await rowsOf("subscriptions")).toEqual([
      applied ? { ...before, epoch, seq, status: "expired" } : before,
    ]);
    expect((await actions()).filter((action) => action === "subscription.applied")).toHaveLength(
      applied ? 2 : 1,
    );
  });

  it("ends at the newest state, in whatever order the states arrive", async () => {
    const states = [4, 1, 5, 3, 2].map((seq) =>
      subscriptionOf("ann", { seq, status: seq === 5 ? "past_due" : "expired" }),
    );
    await Promise.all(states.map(apply));
    expect(await planOf("ann")).toEqual(["pro", "past_due"]);
  });

  it("keeps the known plan when a variant maps to none", async () => {
    await apply(subscriptionOf("ann"));
    await apply(subscriptionOf("ann", { seq: 2, tier: null, status: "past_due" }));
    expect(await planOf("ann")).toEqual(["pro", "past_due"]);
  });

  it("lets access end on time with no further event", async () => {
    await apply(subscriptionOf("ann", { status: "cancelled", endsAt: NOW + DAY }));
    setTime(NOW + DAY - 1);
    expect(await planOf("ann")).toEqual(["pro", "cancelled"]);
    setTime(NOW + DAY);
    expect(await planOf("ann")).toEqual(["free", "expired"]);
  });

  it("does not give a team's plan to the user with its id", async () => {
    await apply(subscriptionOf("ann", { owner: { kind: "team", id: "ann" } }));
    expect(await planOf("ann")).toEqual(["free", "none"]);
  });

  it("refuses what is no subscription, and records nothing", async () => {
    const broken = { ...subscriptionOf("ann"), status: "nonsense" } as unknown as SubscriptionState;
    expect(await apply(broken)).toMatchObject({ ok: false, code: "invalid_input" });
    expect(await rowsOf("subscriptions")).toEqual([]);
  });

  it("answers an outage with a value", async () => {
    await DB.exec("DROP TABLE subscriptions");
    expect(await apply(subscriptionOf("ann"))).toMatchObject({ ok: false, code: "unavailable" });
  });
});

describe("contactOf", () => {
  it("tells how to reach a user, or that there is none", async () => {
    await create(newUser("ann", { locale: "de" }));
    expect(await billing.contactOf("ann", newTrace())).toEqual({
      ok: true,
      value: { email: "ann@example.com", name: "Name of ann", locale: "de", timezone: "UTC" },
    });
    expect(await billing.contactOf("bob", newTrace())).toMatchObject({ code: "not_found" });
  });
});

describe("what the scheduler asks", () => {
  const run = (task: TaskName) => scheduler.run(task, newTrace());

  it("optimizes the database", async () => {
    expect(await run("optimize")).toEqual({ ok: true, value: { optimized: 1 } });
  });

  it("deletes audit rows past two years and nothing else", async () => {
    await create(newUser("old", { createdAt: NOW - 1_000 * DAY }));
    await apply(subscriptionOf("old", { status: "expired", endsAt: 1 }));
    const tables = () =>
      Promise.all((["users", "usage_metrics", "subscriptions"] as const).map(rowsOf));
    const before = await tables();
    const row = "INSERT INTO audit VALUES (?, ?, 'a', 'b', 'c', '{}', 'r')";
    await DB.prepare(row)
      .bind("kept", NOW - 730 * DAY)
      .run();
    await DB.prepare(row)
      .bind("over", NOW - 730 * DAY - 1)
      .run();
    expect(await run("cleanup")).toEqual({ ok: true, value: { audit: 1 } });
    expect((await rowsOf("audit")).map(({ id }) => id)).not.toContain("over");
    expect(await rowsOf("audit")).toHaveLength(3);
    expect(await tables()).toEqual(before);
  });

  it("has nothing to sweep", async () => {
    expect(await run("sweep")).toEqual({ ok: true, value: { delivered: 0 } });
  });

  it("answers an unknown task with a value", async () => {
    expect(await run("format_disk" as TaskName)).toMatchObject({ ok: false, code: "unknown_task" });
  });
});

describe("health", () => {
  it("is healthy with its configuration and its database", async () => {
    expect(await gateway.health()).toMatchObject({
      status: "healthy",
      checks: { configuration: true, database: true },
    });
  });
});
