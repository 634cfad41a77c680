import { PLANS, type Tier } from "@luna/shared/plans";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { makeAccounts, type Account } from "./make-accounts.ts";
import { startMesh, type Mesh } from "./start-mesh.ts";

const GATEWAYS = 4;
const TURNS = 15;
/** Refused credentials are charged to the address, and here everybody has the same. */
const LIMIT_SCALE = 20;
const FREE = PLANS.free.userRequestsPerHour * LIMIT_SCALE;

/** One mesh behind several gateways that share nothing but their Subjects, under a clock of our own. */
let mesh: Mesh;
beforeAll(async () => {
  mesh = await startMesh({ gateways: GATEWAYS, limitScale: LIMIT_SCALE, shell: "counting" });
});
afterAll(() => mesh.stop());

const accountOf = async (tier: Tier): Promise<Account> => {
  const [account] = await makeAccounts(mesh, { count: 1, tier, now: Date.now() });
  if (account === undefined) throw new Error("no account");
  return account;
};

const ask = (gateway: number, token: string, path = "/v1/me", method = "GET", body?: object) =>
  fetch(`http://127.0.0.1:${mesh.ports[gateway % GATEWAYS]}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
/** What each of the gateways answers, asked at the same time. */
const askAll = <T>(token: string, of: (answer: Response) => T | Promise<T>): Promise<T[]> =>
  Promise.all(mesh.ports.map(async (_, gateway) => of(await ask(gateway, token))));

/** Asked until somebody decides: on a busy machine a decision may come too late to be told. */
const decided = async (...asked: Parameters<typeof ask>): Promise<Response> => {
  for (;;) {
    const answer = await ask(...asked);
    if (answer.status !== 503) return answer;
  }
};

const status = (answer: Response): number => answer.status;
const fields = async (answer: Response) => (await answer.json()) as Record<string, string>;
const nameOf = async (answer: Response) => (await fields(answer))["name"];
const tierOf = async (answer: Response) => (await fields(answer))["tier"];
const everywhere = <T>(value: T): T[] => mesh.ports.map(() => value);

describe("through any isolate", () => {
  /** On a busy machine a decision may be late, and then nobody is let in who could be. */
  const isLetIn = (code: number): boolean => code < 300;

  it("a deleted key is refused on the very next request, also while all are asking", async () => {
    const { token } = await accountOf("enterprise");
    const [before, after]: [number[], number[]] = [[], []];
    for (let turn = 0; turn < TURNS; turn += 1) {
      const made = await fields(await ask(turn, token, "/v1/api-keys", "POST", { name: "ci" }));
      const { id = "", key = "" } = made;
      before.push(...(await askAll(key, status)));
      const [deleted] = await Promise.all([
        ask(turn + 1, token, `/v1/api-keys/${id}`, "DELETE"),
        askAll(key, status),
      ]);
      if (isLetIn(deleted.status)) after.push(...(await askAll(key, status)));
    }
    expect(before.some(isLetIn)).toBe(true);
    expect(after).toContain(401);
    expect(after.filter(isLetIn)).toEqual([]);
  });

  it("a session that signed out is refused on the very next request", async () => {
    const { token } = await accountOf("free");
    expect((await askAll(token, status)).some(isLetIn)).toBe(true);
    expect((await decided(2, token, "/v1/auth/sign-out", "POST", {})).status).toBe(204);
    expect((await askAll(token, status)).filter(isLetIn)).toEqual([]);
  });

  it("one's own write is read at once", async () => {
    const { token } = await accountOf("enterprise");
    const wrong: string[] = [];
    let written = 0;
    for (let turn = 0; turn < TURNS; turn += 1) {
      const name = `Ada ${turn}`;
      if (!isLetIn((await ask(turn, token, "/v1/me", "PATCH", { name })).status)) continue;
      written += 1;
      const seen = await askAll(token, nameOf);
      if (seen.some((read) => read !== undefined && read !== name))
        wrong.push(`${turn}: ${seen.join()}`);
    }
    expect(written).toBeGreaterThan(0);
    expect(wrong).toEqual([]);
  });

  it("a limit is one limit", async () => {
    const { token } = await accountOf("free");
    const seen = { admitted: 0, refused: 0, undecided: 0 };
    for (let asked = 0; asked < FREE + 10 * GATEWAYS; asked += GATEWAYS)
      await askAll(token, ({ status: code, headers }) => {
        if (code === 429) seen.refused += 1;
        else if (headers.has("ratelimit")) seen.admitted += 1;
        else seen.undecided += 1;
      });
    expect(seen.admitted).toBeLessThanOrEqual(FREE);
    expect(seen.admitted).toBeGreaterThanOrEqual(FREE - seen.undecided);
    expect(seen.refused).toBeGreaterThan(0);
  });

  it("a Subject that hangs now and then leaves nobody without an answer", async () => {
    const { token } = await accountOf("pro");
    await decided(0, token);
    await mesh.instruments.setLimiter("half hung");
    for (let seen = { judged: false, hung: false }; !seen.judged || !seen.hung;) {
      const answers = await Promise.all(Array.from({ length: 20 }, () => ask(0, token)));
      // Let in by the degraded mode, or refused where auth was late: never left without an answer.
      expect(answers.map(status).filter((code) => code !== 200 && code !== 503)).toEqual([]);
      const judged = answers.map(({ headers }) => headers.has("ratelimit"));
      // On a busy machine a whole round may be late.
      seen = { judged: judged.includes(true), hung: judged.includes(false) };
    }
    await mesh.instruments.setLimiter("real");
  });

  it("a plan ends when it ends, with no event, also where it was kept", async () => {
    const { id, token } = await accountOf("pro");
    const endsAt = Date.now() + 3_600_000;
    const users = await mesh.database("users");
    await users
      .prepare("UPDATE subscriptions SET status = 'cancelled', ends_at = ? WHERE owner_id = ?")
      .bind(endsAt, id)
      .run();
    const at = async (time: number) => {
      await mesh.instruments.setClock(time);
      return Promise.all(
        mesh.ports.map(async (_, gateway) => tierOf(await decided(gateway, token))),
      );
    };
    expect(await at(endsAt - 10_000)).toEqual(everywhere("pro"));
    const kept = new Set<number>();
    for (let turn = 0; turn < 100 && kept.size < GATEWAYS; turn += 1)
      if ((await ask(turn, token)).headers.get("cache-status") === "luna; hit")
        kept.add(turn % GATEWAYS);
    expect(kept.size).toBe(GATEWAYS);
    expect(await at(endsAt - 1)).toEqual(everywhere("pro"));
    expect(await at(endsAt)).toEqual(everywhere("free"));
  });
});
