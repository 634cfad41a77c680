import { arrivalOf } from "@luna/shared/http/arrival";
import { Failure } from "@luna/shared/http/problem";
import { answeredText, type Answered } from "@luna/shared/rpc/exchange";
import type { Admitted } from "@luna/shared/rpc/subject";
import { describe, expect, it } from "vitest";

import type { Entry } from "./admit.ts";
import { answerEntry } from "./answer-entry.ts";
import { ADMITTED, ANN, NOW, passageWith, routeOf, subjectsThat } from "./passage-for-tests.ts";

let people = 0;
/** Somebody nobody has kept an answer for. */
const entryOf = (change: Partial<Admitted> = {}, mark: string | null = null): Entry => ({
  shown: { ...ANN, userId: `ann-${(people += 1)}` },
  granted: { role: "user", scopes: null, tier: "free" },
  admitted: { ...ADMITTED, ...change },
  mark,
});

const usersThat = (answer: () => Promise<Answered>) => {
  const seen = { calls: 0 };
  const handle = async () => {
    seen.calls += 1;
    return answeredText(await answer());
  };
  return { seen, USERS: { handle } };
};
const answers =
  (status: number, body = "{}") =>
  () =>
    Promise.resolve({ status, headers: {}, body: status === 204 ? null : body });

const url = "https://api.example.com/v1/me";
const at = (address: string, init?: RequestInit) => arrivalOf(new Request(address, init));
const write = routeOf({ method: "PATCH", cached: false });

describe("an unsafe request", () => {
  it.each([
    ["has changed something", 200, 1],
    ["has nothing to say", 204, 1],
    ["was refused", 422, 1],
    ["failed", 500, 0],
    ["does not know its outcome", 503, 0],
  ])("whose service %s settles accordingly", async (_what, status, settles) => {
    const subjects = subjectsThat();
    const { passage, done } = passageWith({ ...subjects, ...usersThat(answers(status)) });
    const arrival = at(url, { method: "PATCH", body: "{}" });
    await answerEntry(arrival, write, entryOf({}, "m1"), passage);
    await done();
    expect(subjects.settled).toHaveLength(settles);
  });

  it("whose service broke off stays unsettled", async () => {
    const subjects = subjectsThat();
    const users = usersThat(() => Promise.reject(new Error("gone")));
    const { passage, done } = passageWith({ ...subjects, ...users });
    const arrival = at(url, { method: "PATCH", body: "{}" });
    await expect(answerEntry(arrival, write, entryOf({}, "m1"), passage)).rejects.toThrow("gone");
    await done();
    expect(subjects.settled).toEqual([]);
  });

  it("that never reached a service is over", async () => {
    const subjects = subjectsThat();
    const users = usersThat(answers(200));
    const { passage, done } = passageWith({ ...subjects, ...users });
    const arrival = at(url, { method: "PATCH", body: "x".repeat(300 * 1024) });
    const answer = await answerEntry(arrival, write, entryOf({}, "m1"), passage);
    await done();
    expect(answer).toBeInstanceOf(Failure);
    expect([users.seen.calls, subjects.settled]).toEqual([0, ["m1"]]);
  });

  it("is answered even when the settle is lost", async () => {
    const SUBJECTS = { getByName: () => ({ settle: () => Promise.reject(new Error("lost")) }) };
    const { passage, done, lines } = passageWith({ SUBJECTS, ...usersThat(answers(200)) });
    const arrival = at(url, { method: "PATCH", body: "{}" });
    const answer = await answerEntry(arrival, write, entryOf({}, "m1"), passage);
    await done();
    expect(answer).toMatchObject({ status: 200 });
    expect(lines).toMatchObject([{ level: "warn", message: "not settled" }]);
  });
});

describe("a read that may be kept", () => {
  const read = async (
    entry: Entry,
    users: ReturnType<typeof usersThat>,
    now = NOW,
    arrival = at(url),
  ) => {
    const { passage } = passageWith(users);
    const answer = await answerEntry(arrival, routeOf(), entry, { ...passage, now });
    if (answer instanceof Failure) throw new Error(answer.code);
    return answer.headers["cache-status"];
  };
  const HIT = "luna; hit";
  const MISS = "luna; fwd=miss";

  it("is kept for a minute", async () => {
    const [entry, users] = [entryOf(), usersThat(answers(200))];
    expect(await read(entry, users)).toBe(MISS);
    expect(await read(entry, users, NOW + 59_999)).toBe(HIT);
    expect(await read(entry, users, NOW + 60_000)).toBe(MISS);
  });

  it("is kept only until what it says may change by itself", async () => {
    const [entry, users] = [entryOf({ validUntil: NOW + 5_000 }), usersThat(answers(200))];
    expect(await read(entry, users)).toBe(MISS);
    expect(await read(entry, users, NOW + 4_999)).toBe(HIT);
    expect(await read(entry, users, NOW + 5_000)).toBe(MISS);
  });

  it.each([404, 503])("is not kept when it is a %s", async (status) => {
    const [entry, users] = [entryOf(), usersThat(answers(status))];
    for (const _ of [1, 2]) expect(await read(entry, users)).toBeUndefined();
    expect(users.seen.calls).toBe(2);
  });

  it("is not kept when it is huge, whether by its body or by its address", async () => {
    const [entry, users] = [entryOf(), usersThat(answers(200, "x".repeat(128 * 1024)))];
    for (const _ of [1, 2]) expect(await read(entry, users)).toBe(MISS);
    const small = usersThat(answers(200));
    for (const _ of [1, 2])
      expect(await read(entry, small, NOW, at(`${url}?x=${"y".repeat(70_000)}`))).toBe(MISS);
  });

  it.each([
    ["while a write is under way", { version: null }],
    ["in the degraded mode", null],
  ])("is neither kept nor looked for %s", async (_what, change) => {
    const kept = entryOf();
    const users = usersThat(answers(200));
    await read(kept, users);
    const admitted = change === null ? null : { ...ADMITTED, ...change };
    for (const _ of [1, 2]) expect(await read({ ...kept, admitted }, users)).toBeUndefined();
    expect(users.seen.calls).toBe(3);
  });

  it.each([
    ["another version", { version: "v2" }],
    ["other scopes", { scopes: ["read" as const] }],
    ["fewer scopes", { scopes: [] }],
  ])("is not served under %s", async (_what, change) => {
    const [entry, users] = [entryOf(), usersThat(answers(200))];
    await read(entry, users);
    expect(await read({ ...entry, admitted: { ...ADMITTED, ...change } }, users)).toBe(MISS);
  });

  it.each([
    ["another query", at(`${url}?page=2`)],
    ["another language", at(url, { headers: { "accept-language": "de" } })],
    ["another path", at(`${url}/usage`)],
  ])("is not served to %s", async (_what, other) => {
    const [entry, users] = [entryOf(), usersThat(answers(200))];
    await read(entry, users);
    expect(await read(entry, users, NOW, other)).toBe(MISS);
    expect(await read(entry, users, NOW, other)).toBe(HIT);
  });
});

describe("the answer of a write", () => {
  const says = (location: string, status = 200) => {
    const headers = { "content-type": "application/json", "content-location": location };
    return usersThat(() => Promise.resolve({ status, headers, body: '{"name":"New"}' }));
  };
  const AS_READ = says("/v1/me");

  /** A write by Ann under `m1`, and what a read of `version` finds of it in the same isolate. */
  const readAfter = async (
    users: ReturnType<typeof usersThat>,
    {
      asked = url,
      headers = {},
      entry = entryOf({ version: null }, "m1"),
    }: { asked?: string; headers?: Record<string, string>; entry?: Entry } = {},
    change: Partial<Admitted> = {},
    now = NOW,
  ) => {
    const { passage } = passageWith({ ...subjectsThat(), ...users });
    const patch = at(asked, { method: "PATCH", body: "{}", headers });
    await answerEntry(patch, write, entry, passage);
    const admitted = { ...ADMITTED, version: "m1", ...change };
    const reader = { ...passage, now };
    return answerEntry(at(asked), routeOf(), { ...entry, admitted, mark: null }, reader);
  };
  const HIT = { headers: { "cache-status": "luna; hit" }, body: '{"name":"New"}' };

  it("is kept as the next read, under the mark of the write", async () => {
    expect(await readAfter(AS_READ)).toMatchObject(HIT);
  });

  it("reaches the writer as the service gave it", async () => {
    const { passage } = passageWith({ ...subjectsThat(), ...AS_READ });
    const patch = at(url, { method: "PATCH", body: "{}" });
    const answer = await answerEntry(patch, write, entryOf({ version: null }, "m1"), passage);
    expect(answer).toMatchObject({ headers: { "content-location": "/v1/me" } });
    expect(answer).not.toHaveProperty(["headers", "cache-status"]);
  });

  it("is kept no longer than a read of the same moment", async () => {
    const ends = () => ({ entry: entryOf({ version: null, validUntil: NOW + 5_000 }, "m1") });
    expect(await readAfter(AS_READ, ends(), {}, NOW + 4_999)).toMatchObject(HIT);
    expect(await readAfter(AS_READ, ends(), {}, NOW + 5_000)).not.toMatchObject(HIT);
    expect(await readAfter(AS_READ, {}, {}, NOW + 60_000)).not.toMatchObject(HIT);
  });

  it.each<[string, Parameters<typeof readAfter>]>([
    ["that another write follows", [AS_READ, {}, { version: "m2" }]],
    ["for other scopes", [AS_READ, {}, { scopes: ["read"] }]],
    ["in another language", [AS_READ, { headers: { "accept-language": "de" } }]],
    ["that says to be another resource", [says("/v1/me/usage")]],
    ["that does not say what it is", [usersThat(answers(200))]],
    ["that was sent with a query", [AS_READ, { asked: `${url}?page=2` }]],
    ["that made something", [says("/v1/me", 201)]],
    ["that was refused", [says("/v1/me", 422)]],
    ["whose reads are not kept", [says("/v1/me/usage"), { asked: `${url}/usage` }]],
    [
      "of somebody whom the degraded mode let in",
      [AS_READ, { entry: { ...entryOf(), admitted: null, mark: "m1" } }],
    ],
  ])("is not kept for one %s", async (_what, asked) => {
    expect(await readAfter(...asked)).not.toMatchObject(HIT);
  });
});
