import { beforeEach, describe, expect, it } from "vitest";

import {
  admit,
  apply,
  createKnown,
  create,
  DAY,
  endGrant,
  getMe,
  grant,
  listGrants,
  newUser,
  NOW,
  rowsOf,
  setTime,
  startAfresh,
  subscriptionOf,
} from "./workerd.fixture.ts";

beforeEach(async () => {
  await startAfresh();
  await createKnown("ann");
});

const until = new Date(NOW + DAY).toISOString();
const body = { plan: "pro", until, reason: "paid, webhook lost, ticket 7" };

const tier = async () => (await (await getMe("ann")).json<{ tier: string }>()).tier;

describe("POST /v1/admin/users/{id}/grants", () => {
  it("gives the plan on the next request, written down once", async () => {
    const before = await admit();
    const answer = await grant("ann", body);
    expect(answer.status).toBe(201);
    expect(await answer.json()).toEqual({
      id: expect.any(String),
      userId: "ann",
      ...body,
      createdAt: new Date(NOW).toISOString(),
    });
    expect(await tier()).toBe("pro");
    const after = await admit();
    expect([before, after]).toMatchObject([
      { tier: "free", validUntil: null },
      { tier: "pro", validUntil: NOW + DAY },
    ]);
    expect(after).not.toHaveProperty("version", (before as { version: string }).version);
    const audited = (await rowsOf("audit")).filter(({ action }) => action === "grant.added");
    expect(audited).toMatchObject([{ actor: "root", subject: "ann" }]);
    expect(JSON.stringify(audited)).not.toContain("ticket");
  });

  it("ends it on time with no further event, in the profile and at the edge", async () => {
    await grant("ann", body);
    setTime(NOW + DAY - 1);
    expect([await tier(), await admit()]).toMatchObject(["pro", { tier: "pro" }]);
    setTime(NOW + DAY);
    expect([await tier(), await admit()]).toMatchObject(["free", { tier: "free" }]);
  });

  it("survives what is told of subscriptions later", async () => {
    await grant("ann", body);
    await apply(subscriptionOf("ann", { tier: "starter" }));
    expect([await tier(), await admit()]).toMatchObject(["pro", { tier: "pro" }]);
  });

  it.each([
    ["a plan there is not", { ...body, plan: "free" }],
    ["an end that has passed", { ...body, until: new Date(NOW).toISOString() }],
    ["an end in no calendar", { ...body, until: "2030-02-31T99:00:00Z" }],
    ["an end on no day", { ...body, until: "2030-02-30T00:00:00Z" }],
    ["an end on a leap day that is none", { ...body, until: "2031-02-29T00:00:00.000+01:00" }],
    ["no reason", { ...body, reason: " " }],
    ["a field more", { ...body, userId: "eve" }],
  ])("refuses %s and changes nothing", async (_what, wrong) => {
    const answer = await grant("ann", wrong);
    expect(answer.status).toBe(422);
    expect([await rowsOf("grants"), await tier()]).toEqual([[], "free"]);
  });

  it("takes an end that is far away, on a leap day or told in another zone", async () => {
    for (const until of ["9999-12-31T23:59:59.999Z", "2032-02-29T12:00:00+02:00"]) {
      const answer = await grant("ann", { ...body, until });
      expect(answer.status).toBe(201);
      expect(await answer.json()).toMatchObject({ until: new Date(until).toISOString() });
    }
    expect([await tier(), await admit()]).toMatchObject(["pro", { tier: "pro" }]);
  });

  it("loses none of many that are given and ended at once", async () => {
    const given = await Promise.all(
      ["starter", "pro", "enterprise", "pro", "starter"].map((plan) =>
        grant("ann", { ...body, plan }),
      ),
    );
    expect(given.map(({ status }) => status)).toEqual([201, 201, 201, 201, 201]);
    expect(await tier()).toBe("enterprise");
    setTime(NOW + 1);
    const ids = (await rowsOf("grants")).filter((row) => row["tier"] === "enterprise");
    const ends = await Promise.all([0, 1, 2].map(() => endGrant("ann", String(ids[0]?.["id"]))));
    expect(ends.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([204, 404, 404]);
    expect([await tier(), await admit()]).toMatchObject(["pro", { tier: "pro" }]);
  });

  it("can be ended in the very moment it is given", async () => {
    const { id } = await (await grant("ann", body)).json<{ id: string }>();
    expect((await endGrant("ann", id)).status).toBe(204);
    expect([await tier(), await admit()]).toMatchObject(["free", { tier: "free" }]);
  });

  it("knows no user who does not exist", async () => {
    expect((await grant("nobody", body)).status).toBe(404);
    expect(await rowsOf("grants")).toEqual([]);
  });

  it("is refused to everybody but administrators", async () => {
    expect((await grant("ann", body, "user")).status).toBe(403);
    expect(await rowsOf("grants")).toEqual([]);
  });
});

describe("DELETE /v1/admin/users/{id}/grants/{grantId}", () => {
  const given = async () => (await (await grant("ann", body)).json<{ id: string }>()).id;

  it("takes the plan back on the next request, once", async () => {
    const id = await given();
    setTime(NOW + 1);
    expect((await endGrant("ann", id)).status).toBe(204);
    expect([await tier(), await admit()]).toMatchObject(["free", { tier: "free" }]);
    expect((await endGrant("ann", id)).status).toBe(404);
    const audited = (await rowsOf("audit")).filter(({ action }) => action === "grant.ended");
    expect(audited).toMatchObject([{ actor: "root", subject: "ann" }]);
  });

  it("finds no grant of somebody else, and lets nobody but administrators", async () => {
    await create(newUser("bob"));
    const id = await given();
    expect((await endGrant("bob", id)).status).toBe(404);
    expect((await endGrant("ann", id, "user")).status).toBe(403);
    expect(await tier()).toBe("pro");
  });
});

describe("GET /v1/admin/billing/grants", () => {
  interface Listed {
    items: { id: string; userId: string; plan: string; state: string }[];
    nextCursor: string | null;
  }
  const list = async (query = "") => (await listGrants(query)).json<Listed>();
  const plans = async (query: string) => (await list(query)).items.map(({ plan }) => plan);

  beforeEach(async () => {
    await create(newUser("bob"));
    await grant("ann", { ...body, plan: "starter" });
    setTime(NOW + 1);
    await grant("bob", body);
    setTime(NOW + 2);
    const mistake = await grant("ann", { ...body, plan: "enterprise" });
    await endGrant("ann", (await mistake.json<{ id: string }>()).id);
  });

  it("tells who gave what to whom, why and until when, newest first", async () => {
    expect((await list()).items).toMatchObject([
      { userId: "ann", plan: "enterprise", state: "over", until: new Date(NOW + 2).toISOString() },
      { userId: "bob", plan: "pro", state: "live", until, reason: body.reason, grantedBy: "root" },
      { userId: "ann", plan: "starter", state: "live" },
    ]);
    setTime(NOW + DAY);
    expect((await list()).items.map(({ state }) => state)).toEqual(["over", "over", "over"]);
  });

  it("looks for those of one user, those that hold and those that are over", async () => {
    expect(await plans("?userId=ann")).toEqual(["enterprise", "starter"]);
    expect(await plans("?state=live")).toEqual(["pro", "starter"]);
    expect(await plans("?state=over&userId=ann")).toEqual(["enterprise"]);
    expect(await plans("?userId=%25")).toEqual([]);
  });

  it("comes in pages that leave none out", async () => {
    const first = await list("?limit=2");
    expect(first.items).toHaveLength(2);
    const rest = await list(`?limit=2&cursor=${first.nextCursor}`);
    expect(rest).toMatchObject({ items: [{ plan: "starter" }], nextCursor: null });
  });

  it("is for administrators only, who are written down", async () => {
    expect((await listGrants("", "user")).status).toBe(403);
    expect((await listGrants("?state=dead")).status).toBe(422);
    await list("?userId=ann");
    const looks = (await rowsOf("audit")).filter(({ action }) => action === "grants.listed");
    expect(looks).toMatchObject([{ actor: "root", subject: "ann" }]);
  });
});
