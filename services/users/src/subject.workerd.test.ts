import {
  abortAllDurableObjects,
  evictDurableObject,
  listDurableObjectIds,
  runInDurableObject,
} from "cloudflare:test";
import type { Presented } from "@luna/shared/rpc/subject";
import type { SubjectPush } from "@luna/shared/rpc/users";
import { newTrace } from "@luna/shared/trace";
import { beforeEach, describe, expect, it } from "vitest";

import {
  account,
  admit,
  apply,
  create,
  createKnown,
  DAY,
  gateway,
  newUser,
  NOW,
  push,
  SESSION,
  setTime,
  startAfresh,
  subject,
  subscriptionOf,
  SUBJECTS,
  verdict,
} from "./workerd.fixture.ts";

beforeEach(startAfresh);

const tierOf = async (): Promise<string> => {
  const answer = await admit();
  return answer.admitted ? answer.tier : answer.code;
};

const restarts: [string, () => Promise<void>][] = [
  ["an abort", () => abortAllDurableObjects()],
  ["an eviction", () => evictDurableObject(subject())],
];

describe("a Subject of nobody", () => {
  it("says so and stores nothing", async () => {
    expect(await verdict()).toBe("unknown_subject");
    expect(await verdict({ mark: "m1" })).toBe("unknown_subject");
    const stored = await runInDurableObject(subject(), (_, { storage }) => [...storage.kv.list()]);
    expect(stored).toEqual([]);
    const alarm = await runInDurableObject(subject(), (_, { storage }) => storage.getAlarm());
    expect(alarm).toBeNull();
  });

  it("is never made by telling about a user who does not exist", async () => {
    const ids = async () => (await listDurableObjectIds(SUBJECTS)).map(String);
    const before = await ids();
    expect(await gateway.heal("nobody", newTrace())).toMatchObject({ code: "not_found" });
    expect(await ids()).toEqual(before);
    await createKnown("somebody");
    expect(await ids()).toHaveLength(before.length + 1);
  });
});

describe("a Subject", () => {
  it("knows a user once both users and auth have told of them, in any order", async () => {
    await push("ann", account(1));
    expect(await verdict()).toBe("unknown_subject");
    await create(newUser("ann"));
    expect(await verdict()).toBe("admitted");

    await create(newUser("bob"));
    expect(await verdict({}, "bob")).toBe("unknown_subject");
    await push("bob", account(1));
    expect(await verdict({}, "bob")).toBe("admitted");
  });

  it.each(restarts)("knows after %s what it knew before", async (_what, restart) => {
    await createKnown();
    await apply(subscriptionOf("ann"));
    await push("ann", { kind: "session_revoked", sessionId: "s1", until: NOW + DAY });
    expect(await verdict()).toBe("revoked");
    await restart();
    expect(await verdict()).toBe("revoked");
    expect(await admit({ credential: { ...SESSION, sessionId: "s2" } as Presented })).toMatchObject(
      { admitted: true, tier: "pro" },
    );
  });

  it("refuses older generations, and asks about one it has not been told of", async () => {
    await createKnown();
    await push("ann", account(2, { generation: 2 }));
    expect(await verdict()).toBe("revoked");
    const newer: Presented = { kind: "session", sessionId: "s9", generation: 3 };
    expect(await verdict({ credential: newer })).toBe("unknown_subject");
    await push("ann", account(3, { generation: 3 }));
    expect(await verdict({ credential: newer })).toBe("admitted");
  });

  it("refuses a suspended account until it is active again", async () => {
    await createKnown();
    await push("ann", account(2, { status: "suspended" }));
    expect(await verdict()).toBe("suspended");
    await push("ann", account(3));
    expect(await verdict()).toBe("admitted");
  });

  it("ignores what is as old as what it knows, and believes a new epoch", async () => {
    await createKnown();
    const suspended = (epoch: number, seq: number): SubjectPush =>
      account(seq, { epoch, status: "suspended" });
    await push("ann", account(7, { epoch: 1 }));
    for (const [epoch, seq] of [
      [1, 7],
      [1, 6],
      [0, 99],
    ] as const) {
      await push("ann", suspended(epoch, seq));
      expect(await verdict()).toBe("admitted");
    }
    await push("ann", suspended(2, 1));
    expect(await verdict()).toBe("suspended");
  });

  it("shows a new plan on the next request, and the free one when time has run out", async () => {
    await createKnown();
    expect(await tierOf()).toBe("free");
    await apply(subscriptionOf("ann", { status: "cancelled", endsAt: NOW + DAY }));
    expect(await admit()).toMatchObject({ tier: "pro", validUntil: NOW + DAY });
    setTime(NOW + DAY - 1);
    expect(await tierOf()).toBe("pro");
    setTime(NOW + DAY);
    expect(await tierOf()).toBe("free");
  });

  it("ignores an old plan", async () => {
    await createKnown();
    await subject().create("ann", { epoch: 1, seq: 5, subscriptions: [] });
    const old = { ...subscriptionOf("ann") };
    const { tier, status, pause, endsAt, renewsAt } = old;
    const subscriptions = [{ tier, status, pause, endsAt, renewsAt }];
    await subject().create("ann", { epoch: 1, seq: 5, subscriptions });
    await subject().settle(["m1"], { epoch: 0, seq: 9, subscriptions });
    expect(await tierOf()).toBe("free");
    await subject().settle(["m1"], { epoch: 1, seq: 6, subscriptions });
    expect(await tierOf()).toBe("pro");
  });
});

describe("an API key", () => {
  const keyOf = (seq: number, change: object | null = {}): SubjectPush => ({
    kind: "key",
    epoch: 0,
    seq,
    keyId: "k1",
    grant:
      change === null ? null : { secretHash: "h1", scopes: ["read"], expiresAt: null, ...change },
  });
  const credential: Presented = { kind: "key", keyId: "k1", secretHash: "h1" };

  beforeEach(() => createKnown());

  it("is unknown until it is told of", async () => {
    expect(await verdict({ credential })).toBe("unknown_key");
    await push("ann", keyOf(1));
    expect(await verdict({ credential })).toBe("admitted");
    const other = { credential: { ...credential, keyId: "constructor" } };
    expect(await verdict(other)).toBe("unknown_key");
  });

  it("does what its scopes allow, and never administers", async () => {
    await push("ann", account(2, { role: "admin" }), keyOf(1));
    expect(await verdict({ credential, needs: "write" })).toBe("missing_scope");
    expect(await admit({ credential })).toMatchObject({ role: "user", scopes: ["read"] });
    expect(await admit()).toMatchObject({ role: "admin", scopes: null });
  });

  it("charges nothing for what it may not do", async () => {
    await push("ann", keyOf(1));
    await verdict({ credential, needs: "write" });
    expect(await subject().usage()).toMatchObject({ requests: 0 });
  });

  it("needs its own secret", async () => {
    await push("ann", keyOf(1));
    expect(await verdict({ credential: { ...credential, secretHash: "h2" } })).toBe("revoked");
  });

  it("ends at its time", async () => {
    await push("ann", keyOf(1, { expiresAt: NOW + 1_000 }));
    setTime(NOW + 999);
    expect(await verdict({ credential })).toBe("admitted");
    setTime(NOW + 1_000);
    expect(await verdict({ credential })).toBe("revoked");
  });

  it.each(restarts)(
    "stays deleted when its creation arrives late, after %s",
    async (_, restart) => {
      await push("ann", keyOf(2, null));
      await restart();
      await push("ann", keyOf(1));
      expect(await verdict({ credential })).toBe("revoked");
      setTime(NOW + 400 * DAY);
      await push("ann", keyOf(1));
      expect(await verdict({ credential })).toBe("revoked");
    },
  );

  it("never makes the row of its owner's facts larger", async () => {
    const size = () =>
      runInDurableObject(
        subject(),
        (_, { storage }) => JSON.stringify(storage.kv.get("facts")).length,
      );
    const before = await size();
    for (let key = 0; key < 50; key += 1) {
      const keyId = `k${key}`;
      await push(
        "ann",
        { ...keyOf(1), keyId } as SubjectPush,
        { ...keyOf(2, null), keyId } as SubjectPush,
      );
    }
    expect(await size()).toBe(before);
  });
});
