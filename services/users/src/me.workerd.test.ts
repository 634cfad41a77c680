import { exchange } from "@luna/shared/rpc/exchange";
import { exports } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";

import {
  anonymous,
  create,
  gateway,
  getMe,
  newUser,
  NOW,
  patchMe,
  rowsOf,
  setTime,
  startAfresh,
} from "./workerd.fixture.ts";

beforeEach(async () => {
  await startAfresh();
  await create(newUser("ann"));
  await create(newUser("bob"));
});

const changes = async () =>
  (await rowsOf("audit")).filter(({ action }) => action === "profile.changed");

const url = "https://api.example.com/v1/me";

describe("GET /v1/me", () => {
  it("answers exactly what the contract names", async () => {
    const answer = await getMe("ann", "admin");
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({
      id: "ann",
      email: "ann@example.com",
      name: "Name of ann",
      avatarUrl: null,
      locale: "en",
      timezone: "UTC",
      role: "admin",
      tier: "free",
      subscriptionStatus: "none",
      createdAt: new Date(NOW).toISOString(),
      updatedAt: new Date(NOW).toISOString(),
    });
  });

  it("refuses an anonymous caller", async () => {
    for (const method of ["GET", "PATCH"]) {
      const answer = await exchange(gateway, new Request(url, { method }), anonymous);
      expect(answer.status).toBe(401);
      expect(await answer.json()).toMatchObject({ code: "unauthenticated" });
    }
  });

  it("asks to come back while auth has not announced the account yet", async () => {
    const answer = await getMe("nobody-yet");
    expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "5"]);
    expect((await patchMe("nobody-yet", '{"name":"X"}')).status).toBe(503);
    expect(await changes()).toEqual([]);
  });

  it("finds nothing over plain HTTP", async () => {
    const answer = await exports.default.fetch(url);
    expect([answer.status, await answer.text()]).toEqual([404, ""]);
  });
});

describe("PATCH /v1/me", () => {
  it.each([
    ["has changed something", { name: "Ann Bee" }],
    ["has changed nothing", { name: "Name of ann" }],
  ])("answers with what a GET shows then, and says so, when it %s", async (_what, change) => {
    setTime(NOW + 1_000);
    const answer = await patchMe("ann", JSON.stringify(change));
    expect([answer.status, answer.headers.get("content-location")]).toEqual([200, "/v1/me"]);
    expect(await answer.text()).toBe(await (await getMe("ann")).text());
  });

  it.each([
    ["name", "Ann Bee", { name: "Ann Bee" }],
    ["avatarUrl", "https://example.com/a.png?x=1", { avatar_url: "https://example.com/a.png?x=1" }],
    ["locale", "pt-BR", { locale: "pt-BR" }],
    ["timezone", "America/Sao_Paulo", { timezone: "America/Sao_Paulo" }],
    ["marketingOptIn", true, { marketing_opt_in: 1 }],
  ])("writes %s and nothing else", async (field, value, stored) => {
    const [before, other] = await rowsOf("users");
    setTime(NOW + 1_000);
    const answer = await patchMe("ann", JSON.stringify({ [field]: value }));
    expect(answer.status).toBe(200);
    expect(await rowsOf("users")).toEqual([
      { ...before, ...stored, updated_at: NOW + 1_000 },
      other,
    ]);
    expect(await changes()).toEqual([
      expect.objectContaining({
        actor: "ann",
        subject: "ann",
        at: NOW + 1_000,
        detail: JSON.stringify({ fields: field }),
      }),
    ]);
  });

  it.each([
    "id",
    "email",
    "role",
    "tier",
    "subscriptionStatus",
    "createdAt",
    "updatedAt",
    "region",
    "user_id",
    "avatar_url",
    "marketing_opt_in",
    "__proto__",
    "constructor",
    "",
  ])("refuses the field %j and writes nothing", async (field) => {
    const before = await rowsOf("users");
    const answer = await patchMe("ann", `{"name":"Changed",${JSON.stringify(field)}:"admin"}`);
    expect(answer.status).toBe(422);
    expect(await answer.json()).toMatchObject({ code: "invalid_input" });
    expect(await rowsOf("users")).toEqual(before);
    expect(await changes()).toEqual([]);
  });

  it.each([
    '{"name":"  "}',
    '{"name":null}',
    '{"avatarUrl":"http://example.com/a.png"}',
    '{"avatarUrl":"javascript:alert(1)"}',
    '{"locale":"not a locale"}',
    '{"timezone":"Mars/Olympus"}',
    '{"marketingOptIn":"yes"}',
    "[]",
    "null",
  ])("refuses %s and writes nothing", async (json) => {
    const before = await rowsOf("users");
    expect((await patchMe("ann", json)).status).toBe(422);
    expect(await rowsOf("users")).toEqual(before);
    expect(await changes()).toEqual([]);
  });

  it("removes the picture by null, and keeps it when it is not mentioned", async () => {
    await patchMe("ann", '{"avatarUrl":"https://example.com/a.png"}');
    const kept = await patchMe("ann", '{"name":"Ann"}');
    expect(await kept.json()).toMatchObject({ avatarUrl: "https://example.com/a.png" });
    const removed = await patchMe("ann", '{"avatarUrl":null}');
    expect(await removed.json()).toMatchObject({ avatarUrl: null, name: "Ann" });
    expect(await changes()).toHaveLength(3);
  });

  it.each(["{}", '{"name":"Name of ann","avatarUrl":null,"marketingOptIn":false}'])(
    "answers %s as it is, and records no change that was none",
    async (json) => {
      const before = await rowsOf("users");
      setTime(NOW + 1_000);
      const answer = await patchMe("ann", json);
      expect([answer.status, await answer.json()]).toEqual([
        200,
        expect.objectContaining({ name: "Name of ann", updatedAt: new Date(NOW).toISOString() }),
      ]);
      expect(await rowsOf("users")).toEqual(before);
      expect(await changes()).toEqual([]);
    },
  );

  it("answers what the next read answers", async () => {
    const written = await patchMe("ann", '{"name":"Ann","timezone":"Asia/Tokyo"}');
    expect(await written.json()).toEqual(await (await getMe("ann")).json());
  });
});
