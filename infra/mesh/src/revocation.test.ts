import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { startMesh, type Mesh } from "./mesh.ts";
import { bearer, join, json, PASSWORD, post, type Tokens } from "./people.ts";

let mesh: Mesh;
beforeAll(async () => {
  mesh = await startMesh({ values: { ADMIN_EMAILS: "root@example.com" } });
});
afterAll(() => mesh.close());

const read = (token: string) =>
  mesh.fetch("/v1/me", { headers: { authorization: `Bearer ${token}` } });
const statusOf = async (token: string) => (await read(token)).status;
const signIn = (email: string) =>
  json<Tokens>(mesh.fetch("/v1/auth/sign-in", post({ email, password: PASSWORD })));
const change = (path: string, tokens: Tokens, method = "POST", body?: object) =>
  mesh.fetch(path, { ...post(body ?? {}, bearer(tokens)), method });

interface Key {
  id: string;
  key: string;
}
const newKey = (tokens: Tokens) =>
  json<Key>(mesh.fetch("/v1/api-keys", post({ name: "ci" }, bearer(tokens))));

describe("what was taken away is refused on the very next request", () => {
  it("a session that signed out, and no other", async () => {
    const ada = await join(mesh, "ada@example.com");
    const other = await signIn("ada@example.com");
    // Kept at the edge: a revocation must not be answered from there.
    for (const { accessToken } of [ada, ada, other]) expect(await statusOf(accessToken)).toBe(200);
    expect((await change("/v1/auth/sign-out", ada)).status).toBe(204);
    expect(await statusOf(ada.accessToken)).toBe(401);
    expect(await statusOf(other.accessToken)).toBe(200);
  });

  it("every session after signing out everywhere, and not the next one", async () => {
    const bob = await join(mesh, "bob@example.com");
    const other = await signIn("bob@example.com");
    expect((await change("/v1/auth/sign-out-all", bob)).status).toBe(204);
    for (const { accessToken } of [bob, other]) expect(await statusOf(accessToken)).toBe(401);
    const next = await signIn("bob@example.com");
    expect(await statusOf(next.accessToken)).toBe(200);
  });

  it("an API key that was deleted", async () => {
    const carl = await join(mesh, "carl@example.com");
    const { id, key } = await newKey(carl);
    for (const _ of [1, 2]) expect(await statusOf(key)).toBe(200);
    const deleted = await mesh.fetch(`/v1/api-keys/${id}`, {
      method: "DELETE",
      headers: bearer(carl),
    });
    expect(deleted.status).toBe(204);
    expect(await statusOf(key)).toBe(401);
    expect(await statusOf(carl.accessToken)).toBe(200);
  });

  it("an account that was suspended, with its keys, until it is active again", async () => {
    const root = await join(mesh, "root@example.com");
    const dora = await join(mesh, "dora@example.com");
    const { key } = await newKey(dora);
    const path = `/v1/admin/accounts/${dora.user.id}`;
    for (const token of [dora.accessToken, key]) expect(await statusOf(token)).toBe(200);
    expect((await change(path, root, "PATCH", { status: "suspended" })).status).toBe(200);
    for (const token of [dora.accessToken, key]) expect(await statusOf(token)).toBe(403);
    expect((await change(path, root, "PATCH", { status: "active" })).status).toBe(200);
    expect(await statusOf(key)).toBe(200);
  });

  it("whatever was taken away turn after turn, while many ask at once", async () => {
    const eve = await join(mesh, "eve@example.com");
    const wrong: string[] = [];
    for (let turn = 0; turn < 25; turn += 1) {
      const { id, key } = await newKey(eve);
      const reads = [1, 2, 3].map(() => statusOf(key));
      const deletion = mesh.fetch(`/v1/api-keys/${id}`, { method: "DELETE", headers: bearer(eve) });
      await Promise.all([deletion, ...reads]);
      const after = await Promise.all([1, 2, 3].map(() => statusOf(key)));
      if (after.some((status) => status !== 401)) wrong.push(`${turn}: ${after.join()}`);
    }
    expect(wrong).toEqual([]);
  });
});

/** Webhooks take their time on a busy machine. */
const PATIENCE_MS = 45_000;

describe("a plan that changed", () => {
  it("is seen by the very next request", async () => {
    const fay = await join(mesh, "fay@example.com");
    expect((await json<{ tier: string }>(read(fay.accessToken))).tier).toBe("free");
    const checkout = await json<{ url: string }>(
      change("/v1/billing/checkout", fay, "POST", { plan: "pro" }),
    );
    await fetch(new URL("/emulator/pay", checkout.url), post({ email: fay.user.email }));
    const { DB } = await mesh.server.getWorker<{ DB: D1Database }>("users").getEnv();
    const stored = DB.prepare("SELECT 1 FROM subscriptions WHERE owner_id = ?").bind(fay.user.id);
    // Read as fast as can be: an answer from before the payment is right, one after it must be new.
    let paid = false;
    let seen = "";
    for (const end = Date.now() + PATIENCE_MS; !paid && Date.now() < end;) {
      paid = (await stored.first()) !== null;
      seen = (await json<{ tier: string }>(read(fay.accessToken))).tier;
    }
    expect([paid, seen]).toEqual([true, "pro"]);
  });
});
