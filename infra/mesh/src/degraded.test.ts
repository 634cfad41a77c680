import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { startMesh, type Mesh } from "./mesh.ts";
import {
  bearer,
  eventually,
  join,
  PASSWORD,
  patiently,
  post,
  json,
  type Tokens,
  withinOneMinute,
} from "./people.ts";

/** Far beyond both deadlines together, far below the patience of a client. */
const DECIDED_MS = 5_000;

describe.each(["hung", "down"] as const)("while every Subject is %s", (how) => {
  let mesh: Mesh;
  let ada: Tokens;
  let ended: Tokens;
  let key: string;
  /** Everything that was taken away before the outage, by what it was. */
  const gone: [string, string][] = [];

  beforeAll(async () => {
    mesh = await startMesh({ values: { ADMIN_EMAILS: "root@example.com" } });
    ada = await join(mesh, "ada@example.com");
    const signIn = post({ email: "ada@example.com", password: PASSWORD });
    ended = await json<Tokens>(mesh.fetch("/v1/auth/sign-in", signIn));
    const made = await mesh.fetch(
      "/v1/api-keys",
      post({ name: "w", scopes: ["write"] }, bearer(ada)),
    );
    ({ key } = await made.json<{ key: string }>());
    await mesh.fetch("/v1/auth/sign-out", post({}, bearer(ended)));
    await takeAway();
    await mesh.change({ users: how });
    // Who has just been started is slow once, and then the degraded mode refuses.
    await eventually("auth to be awake", async () => {
      const answer = await ask(ada.accessToken).catch(() => null);
      return answer?.status === 200;
    });
  });
  afterAll(() => mesh.close());

  const takeAway = async (): Promise<void> => {
    const own = await json<{ id: string; key: string }>(
      mesh.fetch("/v1/api-keys", post({ name: "gone" }, bearer(ada))),
    );
    await mesh.fetch(`/v1/api-keys/${own.id}`, { method: "DELETE", headers: bearer(ada) });
    gone.push(["a deleted key", own.key]);

    const bob = await join(mesh, "bob@example.com");
    await mesh.fetch("/v1/auth/sign-out-all", post({}, bearer(bob)));
    gone.push(["a session of before signing out everywhere", bob.accessToken]);

    const root = await join(mesh, "root@example.com");
    const eve = await join(mesh, "eve@example.com");
    const path = `/v1/admin/accounts/${eve.user.id}`;
    const suspend = post({ status: "suspended" }, bearer(root));
    await mesh.fetch(path, { ...suspend, method: "PATCH" });
    gone.push(["a suspended account", eve.accessToken]);
  };

  const ask = (token: string, path = "/v1/auth/sessions", init: RequestInit = {}) =>
    mesh.fetch(path, {
      ...init,
      headers: { ...(init.headers as object), authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(DECIDED_MS),
    });

  /** Each answer in time, and in the end one that is no request to come again. */
  const decided = (token: string, path?: string, init?: RequestInit) =>
    patiently("a decision", () => ask(token, path, init));

  it("lets reads in that auth confirms, keeps nothing, and counts them", async () => {
    let id = "";
    const answer = await patiently("a decision", () => {
      id = crypto.randomUUID();
      return ask(ada.accessToken, undefined, { headers: { "x-request-id": id } });
    });
    expect(answer.status).toBe(200);
    expect(answer.headers.get("cache-status")).toBeNull();
    const lines = await eventually("the last line about it", () => {
      const mine = mesh.server.getLogs().filter(({ message }) => message.includes(id));
      const isOver = mine.some(({ message }) => /"gateway".*"status":200/.test(message));
      return Promise.resolve(isOver && mine.map(({ message }) => message));
    });
    expect(lines.filter((line) => line.includes('"ratelimit_degraded"'))).toHaveLength(1);
  });

  it("refuses a session that signed out and a key without the scope", async () => {
    expect((await decided(ended.accessToken)).status).toBe(401);
    expect((await decided(key)).status).toBe(403);
  });

  it("refuses whatever was taken away before", async () => {
    expect(gone).toHaveLength(3);
    for (const [what, token] of gone) expect((await decided(token)).status, what).toBe(401);
  });

  it("makes writes and administration wait", async () => {
    const write = await ask(ada.accessToken, "/v1/api-keys", post({ name: "ci" }));
    expect([write.status, write.headers.get("retry-after")]).toEqual([503, "1"]);
    expect(await write.json()).toMatchObject({ code: "unavailable" });
    expect((await ask(ada.accessToken, "/v1/admin/mail")).status).toBe(503);
    const keys = await json<{ items: unknown[] }>(decided(ada.accessToken, "/v1/api-keys"));
    expect(keys.items).toHaveLength(1);
  });

  it("asks again as soon as there is somebody to ask", async () => {
    await mesh.change({});
    const answer = await eventually("an answer of the Subject", async () => {
      const asked = await ask(ada.accessToken, "/v1/me").catch(() => null);
      return asked?.headers.has("ratelimit") === true && asked;
    });
    expect(answer.status).toBe(200);
    expect(answer.headers.get("ratelimit")).toMatch(/^"user";/);
    expect((await decided(ended.accessToken)).status).toBe(401);
  });
});

describe("the coarse limit", () => {
  let mesh: Mesh;
  afterAll(() => mesh.close());

  it("holds while Subjects hang", async () => {
    mesh = await startMesh({ rateLimitScale: 1 });
    const ada = await join(mesh, "ada@example.com");
    await mesh.change({ users: "down" });
    const statuses = await withinOneMinute(() =>
      Promise.all(
        Array.from({ length: 130 }, async () => {
          const { status } = await mesh.fetch("/v1/auth/sessions", { headers: bearer(ada) });
          return status;
        }),
      ),
    );
    const admitted = statuses.filter((status) => status === 200).length;
    expect(admitted).toBeLessThanOrEqual(100);
    expect(admitted).toBeGreaterThan(0);
    expect(new Set(statuses)).toEqual(new Set([200, 503]));
  });
});
