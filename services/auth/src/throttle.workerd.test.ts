import { evictAllDurableObjects, listDurableObjectIds, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it, vi } from "vitest";

import {
  createAccount,
  doorWith,
  MAILER,
  mails,
  NOW,
  PASSWORD,
  rememberingDatabase,
  setTime,
  settledOutbox,
  signUp,
  startAfresh,
} from "./workerd.fixture.ts";

const MINUTE = 60_000;

/** An engine that costs nothing: these tests are about how often, not about what. */
const engine = vi.fn(() => new Uint8Array(32));
const door = doorWith({ engine, change: { RATE_LIMIT_SCALE: "1" } });

const guess = (email: string) => door("sign-in", { email, password: "a wrong guess" });
const statuses = async (times: number, ask: () => Promise<Response>): Promise<number[]> => {
  const seen: number[] = [];
  for (let time = 0; time < times; time += 1) seen.push((await ask()).status);
  return seen;
};

beforeEach(async () => {
  await startAfresh();
  engine.mockClear();
});

describe("guessing a password", () => {
  it("is refused after 10 attempts for one account from one address, before anything is hashed", async () => {
    expect(await statuses(10, () => guess("ann@example.com"))).toEqual(Array(10).fill(401));
    const refused = await guess("Ann@Example.com");
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get("retry-after"))).toBe(15 * 60);
    expect(await refused.json()).toMatchObject({
      code: "rate_limited",
      "violated-policies": ["sign-in-pair"],
    });
    expect(engine).toHaveBeenCalledTimes(10);
  });

  it("is refused for a right password too, and in the same way for an unknown address", async () => {
    await signUp("ann@example.com");
    await statuses(10, () => guess("ann@example.com"));
    const right = await door("sign-in", { email: "ann@example.com", password: PASSWORD });
    await statuses(10, () => guess("nobody@example.com"));
    const unknown = await guess("nobody@example.com");
    expect([right.status, unknown.status]).toEqual([429, 429]);
  });

  it("is refused after 60 attempts from one address, whoever they were for", async () => {
    let count = 0;
    const seen = await statuses(61, () => {
      count += 1;
      return guess(`user${count}@example.com`);
    });
    expect(seen.filter((status) => status === 401)).toHaveLength(60);
    expect(seen.at(-1)).toBe(429);
  });

  it("is counted on while objects are evicted", async () => {
    await statuses(9, () => guess("ann@example.com"));
    await evictAllDurableObjects();
    expect(await statuses(2, () => guess("ann@example.com"))).toEqual([401, 429]);
  });

  it("is refused for a window when what was counted is damaged, and possible after it", async () => {
    await guess("ann@example.com");
    const throttles = env.THROTTLES as unknown as DurableObjectNamespace;
    const inEach = async (work: (state: DurableObjectState) => void): Promise<void> => {
      for (const id of await listDurableObjectIds(throttles))
        await runInDurableObject(throttles.get(id), (_, state) => work(state));
    };
    await inEach(({ storage }) => storage.kv.put("ledger", new Uint8Array([0xff])));
    await evictAllDurableObjects();
    // Each finds out when it wakes up.
    await inEach(() => {});
    expect((await guess("ann@example.com")).status).toBe(429);
    setTime(NOW + 14 * MINUTE);
    await evictAllDurableObjects();
    expect((await guess("ann@example.com")).status).toBe(429);
    setTime(NOW + 15 * MINUTE);
    expect((await guess("ann@example.com")).status).toBe(401);
  });

  it("is possible again when the window has moved on", async () => {
    await statuses(11, () => guess("ann@example.com"));
    setTime(NOW + 15 * MINUTE - 1_000);
    expect((await guess("ann@example.com")).status).toBe(429);
    setTime(NOW + 15 * MINUTE + 1);
    expect((await guess("ann@example.com")).status).toBe(401);
  });

  it("waits while attempts cannot be counted", async () => {
    const broken = { getByName: () => ({ attempt: () => Promise.reject(new Error("no object")) }) };
    const blind = doorWith({ engine, change: { THROTTLES: broken } });
    const answer = await blind("sign-in", { email: "ann@example.com", password: PASSWORD });
    expect(answer.status).toBe(503);
    expect(engine).not.toHaveBeenCalled();
  });
});

describe("asking for mails", () => {
  it("is refused after 30 sign-ups an hour from one address", async () => {
    let count = 0;
    const seen = await statuses(31, () => {
      count += 1;
      return door("sign-up", { email: `user${count}@example.com`, password: PASSWORD });
    });
    expect(seen.slice(0, 30)).toEqual(Array(30).fill(202));
    expect(seen[30]).toBe(429);
  });

  /** What eight sign-ups for one address are answered, six of them at once. */
  const eightSignUps = async (email: string): Promise<unknown[]> => {
    const ask = (spelling: string) => door("sign-up", { email: spelling, password: PASSWORD });
    const spellings = [email, email.toUpperCase(), email, email.toUpperCase(), email, email];
    const answers = await Promise.all(spellings.map(ask));
    answers.push(await ask(email), await ask(email));
    expect(await settledOutbox()).toEqual([]);
    return Promise.all(
      answers.map(async (answer) => [answer.status, await answer.text(), [...answer.headers]]),
    );
  };

  it("sends 5 mails an hour to one address, and says nothing of those it kept back", async () => {
    const unknown = await eightSignUps("ann@example.com");
    await mails(5);
    await createAccount("bob@example.com");
    const known = await eightSignUps("bob@example.com");
    const [first] = unknown as [[number, ...unknown[]]];
    expect(first[0]).toBe(202);
    expect([...unknown, ...known]).toEqual(Array(16).fill(first));
    const sent = (await MAILER.asked()).length;
    setTime(NOW + 60 * MINUTE + 1);
    await door("sign-up", { email: "ann@example.com", password: PASSWORD });
    await mails(sent + 1);
  });

  it("does the same work for a sign-up whose mail it keeps back", async () => {
    const { texts, db } = rememberingDatabase();
    const watched = doorWith({ engine, change: { RATE_LIMIT_SCALE: "1", DB: db } });
    const work: number[] = [];
    for (let turn = 0; turn < 7; turn += 1) {
      texts.length = 0;
      await watched("sign-up", { email: "ann@example.com", password: PASSWORD });
      // Deliveries go on beside the answer, so only what leads to it counts.
      work.push(texts.filter((text) => !text.includes("outbox")).length);
    }
    expect(new Set(work).size).toBe(1);
    expect(engine).toHaveBeenCalledTimes(7);
  });

  it("is refused after 5 resets an hour for one account", async () => {
    const ask = () => door("forgot-password", { email: "ann@example.com" });
    expect(await statuses(6, ask)).toEqual([202, 202, 202, 202, 202, 429]);
  });
});
