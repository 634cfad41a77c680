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
    ["no reason", { ...body, reason: " " }],
    ["a field more", { ...body, userId: "eve" }],
  ])("refuses %s and changes nothing", async (_what, wrong) => {
    const answer = await grant("ann", wrong);
    expect(answer.status).toBe(422);
    expect([await rowsOf("grants"), await tier()]).toEqual([[], "free"]);
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
