import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { startMesh, type Mesh } from "./mesh.ts";
import { bearer, eventually, join, json, PASSWORD, post, type Tokens } from "./people.ts";

let mesh: Mesh;
let ada: Tokens;
beforeAll(async () => {
  mesh = await startMesh();
  ada = await join(mesh, "ada@example.com");
});
afterAll(() => mesh.close());

const HIT = "luna; hit";
const MISS = "luna; fwd=miss";

const read = (token: string, path = "/v1/me", headers: Record<string, string> = {}) =>
  mesh.fetch(path, { headers: { ...headers, authorization: `Bearer ${token}` } });
const stateOf = async (...asked: Parameters<typeof read>) =>
  (await read(...asked)).headers.get("cache-status");
const nameOf = async ({ accessToken }: Tokens) =>
  (await json<{ name: string }>(read(accessToken))).name;
const rename = (tokens: Tokens, name: string) =>
  mesh.fetch("/v1/me", { ...post({ name }, bearer(tokens)), method: "PATCH" });

/** Reads until the settle of a write has arrived, so that the next answer can be kept. */
const settled = (token: string): Promise<boolean> =>
  eventually("a kept answer", async () => (await stateOf(token)) === HIT);

describe("a read that may be kept", () => {
  it("is answered by the edge the second time, alike, and still counted", async () => {
    await settled(ada.accessToken);
    const [first, second] = [await read(ada.accessToken), await read(ada.accessToken)];
    expect(second.headers.get("cache-status")).toBe(HIT);
    expect(await second.json()).toEqual(await first.json());
    const left = (answer: Response) =>
      Number(/r=(\d+)/.exec(answer.headers.get("ratelimit") ?? "")?.[1]);
    expect(left(second)).toBe(left(first) - 1);
    expect(second.headers.get("x-request-id")).not.toBe(first.headers.get("x-request-id"));
  });

  it("is kept for one caller, scope, language and URL each", async () => {
    const bob = await join(mesh, "bob@example.com");
    const made = await mesh.fetch(
      "/v1/api-keys",
      post({ name: "r", scopes: ["read"] }, bearer(ada)),
    );
    const { key } = await made.json<{ key: string }>();
    await settled(ada.accessToken);
    expect(await json(read(bob.accessToken))).toMatchObject({ email: "bob@example.com" });
    expect(await stateOf(key)).toBe(MISS);
    expect(await stateOf(key)).toBe(HIT);
    const others: [string, Record<string, string>][] = [
      ["/v1/me?page=2", {}],
      ["/v1/me?page=3", {}],
      ["/v1/me", { "accept-language": "de" }],
      ["/v1/me", { "accept-language": "pt-BR, de;q=0.5" }],
    ];
    for (const [path, headers] of others)
      expect([
        await stateOf(ada.accessToken, path, headers),
        await stateOf(ada.accessToken, path, headers),
      ]).toEqual([MISS, HIT]);
  });

  it("is shared by the sessions of one person, who share their data", async () => {
    const signIn = post({ email: "ada@example.com", password: PASSWORD });
    const other = await json<Tokens>(mesh.fetch("/v1/auth/sign-in", signIn));
    await settled(ada.accessToken);
    expect(await stateOf(other.accessToken)).toBe(HIT);
  });

  it("is not one that is not marked so", async () => {
    for (const _ of [1, 2]) expect(await stateOf(ada.accessToken, "/v1/auth/sessions")).toBeNull();
  });

  it("shows one's own write at once, every time", async () => {
    const wrong: string[] = [];
    for (let turn = 0; turn < 40; turn += 1) {
      // Whether or not the settle has arrived in between.
      if (turn % 2 === 0) await settled(ada.accessToken);
      expect((await rename(ada, `Ada ${turn}`)).status).toBe(200);
      const seen = await Promise.all([nameOf(ada), nameOf(ada), nameOf(ada)]);
      if (seen.some((name) => name !== `Ada ${turn}`)) wrong.push(`${turn}: ${seen.join()}`);
    }
    expect(wrong).toEqual([]);
  });

  it("is known to the edge after one's own write, by what the write answered", async () => {
    await settled(ada.accessToken);
    for (const name of ["Ada Ray", "Ada Roe"]) {
      const written = await json(rename(ada, name));
      const next = await read(ada.accessToken);
      expect(next.headers.get("cache-status")).toBe(HIT);
      expect(await next.json()).toEqual(written);
    }
  });

  it("is read anew and never kept while a write is under way", async () => {
    const { SUBJECTS } = await mesh.server
      .getWorker<{
        SUBJECTS: {
          getByName(id: string): {
            mark(mark: string): Promise<void>;
            settle(marks: string[]): Promise<void>;
          };
        };
      }>("users")
      .getEnv();
    await settled(ada.accessToken);
    // A write whose settle is lost: nobody will ever name this mark again.
    await SUBJECTS.getByName(ada.user.id).mark("lost");
    for (const _ of [1, 2, 3]) expect(await stateOf(ada.accessToken)).toBeNull();
    await rename(ada, "Ada, unsettled");
    expect(await nameOf(ada)).toBe("Ada, unsettled");
    await SUBJECTS.getByName(ada.user.id).settle(["lost"]);
    // Nobody knows whether the lost one was the last, so what the other answered is not served.
    expect(await stateOf(ada.accessToken)).toBe(MISS);
    await settled(ada.accessToken);
    expect(await nameOf(ada)).toBe("Ada, unsettled");
  });

  it("is kept again at once after a write that was refused", async () => {
    const scopes = ["read"];
    const made = await mesh.fetch("/v1/api-keys", post({ name: "reader", scopes }, bearer(ada)));
    const { key } = await made.json<{ key: string }>();
    const refused: [string, string][] = [
      ["/v1/admin/cache/reset-circuit-breaker", ada.accessToken],
      ["/v1/billing/portal", key],
    ];
    for (const [path, token] of refused) {
      await settled(ada.accessToken);
      const headers = { authorization: `Bearer ${token}` };
      expect((await mesh.fetch(path, post({}, headers))).status).toBe(403);
      await settled(ada.accessToken);
    }
  });

  it("stays unsettled after a write whose outcome nobody knows", async () => {
    await settled(ada.accessToken);
    const { DB } = await mesh.server.getWorker<{ DB: D1Database }>("users").getEnv();
    await DB.exec("ALTER TABLE audit RENAME TO audit_away");
    const failed = await rename(ada, "Never");
    await DB.exec("ALTER TABLE audit_away RENAME TO audit");
    expect(failed.status).toBe(503);
    for (const _ of [1, 2, 3]) expect(await stateOf(ada.accessToken)).toBeNull();
  });
});
