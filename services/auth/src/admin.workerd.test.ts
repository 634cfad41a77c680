import { sha256Hex } from "@luna/shared/bytes";
import { beforeEach, describe, expect, it } from "vitest";

import { ask, canRefresh, isSignedIn, newPerson, toldOf, type Person } from "./person.fixture.ts";
import {
  anonymous,
  codeOf,
  PASSWORD,
  post,
  rowsOf,
  startAfresh,
  TABLES,
} from "./workerd.fixture.ts";

let boss: Person;
let ann: Person;
beforeEach(async () => {
  await startAfresh();
  // vitest.config.ts lists this address in ADMIN_EMAILS.
  boss = await newPerson("boss@example.com");
  ann = await newPerson("ann@example.com");
});

const signIn = () => post("sign-in", { email: ann.email, password: PASSWORD });
const change = (body: object, id = ann.id) => boss.ask("PATCH", `/v1/admin/accounts/${id}`, body);
const audited = async (action: string) =>
  (await rowsOf("audit")).filter((row) => row["action"] === action);

describe("an administrator", () => {
  it("suspends an account and brings it back", async () => {
    const suspended = await change({ status: "suspended" });
    expect(suspended.status).toBe(200);
    expect(await suspended.json()).toMatchObject({
      id: ann.id,
      email: ann.email,
      role: "user",
      status: "suspended",
    });
    expect((await toldOf(ann)).at(-1)).toMatchObject({ kind: "account", status: "suspended" });
    expect([await isSignedIn(ann), await canRefresh(ann)]).toEqual([false, false]);
    expect(await codeOf(await signIn())).toEqual([403, "forbidden"]);

    await change({ status: "active" });
    expect((await toldOf(ann)).at(-1)).toMatchObject({ status: "active", seq: 2 });
    expect([await isSignedIn(ann), await canRefresh(ann)]).toEqual([true, true]);
    expect(await audited("account.changed")).toMatchObject([
      { actor: boss.id, subject: ann.id },
      { actor: boss.id, subject: ann.id },
    ]);
  });

  it("tells a suspension only to who knows the password", async () => {
    await change({ status: "suspended" });
    const wrong = await post("sign-in", { email: ann.email, password: "wrong password" });
    expect(await codeOf(wrong)).toEqual([401, "invalid_credentials"]);
  });

  it("makes another administrator", async () => {
    expect(await (await change({ role: "admin" })).json()).toMatchObject({ role: "admin" });
    expect((await toldOf(ann)).at(-1)).toMatchObject({ role: "admin", generation: 0 });
  });

  it("changes and records nothing that is so already, and tells it again", async () => {
    expect((await change({ role: "user", status: "active" })).status).toBe(200);
    expect((await change({})).status).toBe(200);
    expect(await audited("account.changed")).toEqual([]);
    expect((await toldOf(ann)).at(-1)).toMatchObject({ kind: "account", seq: 0 });
  });

  it("cannot lock the last door behind them", async () => {
    expect((await change({ status: "suspended" }, boss.id)).status).toBe(409);
    expect(await isSignedIn(boss)).toBe(true);
  });

  it("signs somebody out everywhere", async () => {
    const path = `/v1/admin/accounts/${ann.id}/sessions/revoke`;
    expect((await boss.ask("POST", path)).status).toBe(204);
    expect((await toldOf(ann)).at(-1)).toMatchObject({ generation: 1 });
    expect([await isSignedIn(ann), await canRefresh(ann)]).toEqual([false, false]);
    expect(await isSignedIn(boss)).toBe(true);
    expect(await audited("account.sessions_revoked")).toMatchObject([{ actor: boss.id }]);
  });

  it.each(["key", "sha256"] as const)("ends a leaked key known by its %s", async (known) => {
    const made = await ann.ask("POST", "/v1/api-keys", { name: "leaked" });
    const { id, key } = await made.json<{ id: string; key: string }>();
    const body = known === "key" ? { key } : { sha256: (await sha256Hex(key)).toUpperCase() };
    const revoke = () => boss.ask("POST", "/v1/admin/api-keys/revoke", body);
    expect((await revoke()).status).toBe(204);
    expect((await toldOf(ann)).at(-1)).toMatchObject({ keyId: id, grant: null });
    expect((await revoke()).status).toBe(204);
    expect(await audited("api_key.revoked")).toMatchObject([{ actor: boss.id, subject: id }]);
  });

  it("finds nobody and no key that does not exist", async () => {
    expect((await change({ role: "admin" }, "unknown")).status).toBe(404);
    const revoke = await boss.ask("POST", "/v1/admin/accounts/unknown/sessions/revoke");
    expect(revoke.status).toBe(404);
    const key = await boss.ask("POST", "/v1/admin/api-keys/revoke", { sha256: "0".repeat(64) });
    expect(key.status).toBe(404);
    expect(await rowsOf("outbox")).toEqual([]);
  });
});

describe("everybody else", () => {
  it.each([
    ["PATCH", "/v1/admin/accounts/ID", { role: "admin" }],
    ["POST", "/v1/admin/accounts/ID/sessions/revoke", undefined],
    ["POST", "/v1/admin/api-keys/revoke", { sha256: "0".repeat(64) }],
  ] as const)("may not %s %s", async (method, path, body) => {
    const before = await Promise.all(TABLES.map(rowsOf));
    const at = path.replace("ID", ann.id);
    expect((await ann.ask(method, at, body)).status).toBe(403);
    expect((await ask(anonymous, method, at, body)).status).toBe(401);
    expect(await Promise.all(TABLES.map(rowsOf))).toEqual(before);
  });
});
