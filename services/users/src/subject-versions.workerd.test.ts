import { abortAllDurableObjects, evictDurableObject } from "cloudflare:test";
import { beforeEach, describe, expect, it } from "vitest";

import { MARK_MS } from "./marks.ts";
import {
  account,
  admit,
  apply,
  createKnown,
  DB,
  NOW,
  push,
  setTime,
  startAfresh,
  subject,
  subscriptionOf,
  verdict,
} from "./workerd.fixture.ts";

beforeEach(async () => {
  await startAfresh();
  await createKnown();
});

const version = async (mark: string | null = null): Promise<string | null> => {
  const answer = await admit({ mark });
  return answer.admitted ? answer.version : answer.code;
};

describe("the version of a caller's data", () => {
  it("stays while nothing changes", async () => {
    const first = await version();
    expect(first).toMatch(/^[\da-f-]{36}$/);
    setTime(NOW + 50_000);
    expect(await version()).toBe(first);
  });

  it("is none from a write's own admission until it is settled, and then a new one", async () => {
    const before = await version();
    expect(await version("m1")).toBeNull();
    expect(await version()).toBeNull();
    await subject().settle(["m1"]);
    const after = await version();
    expect(after).not.toBeNull();
    expect(after).not.toBe(before);
  });

  it("is a new one for the question that tells of a write's end, even for one that is refused", async () => {
    const before = await version("m1");
    const told = await admit({ settled: ["m1"] });
    expect(told).toMatchObject({ admitted: true, version: "m1" });
    await version("m2");
    expect(await verdict({ cost: 1_000_000, settled: ["m2"] })).toBe("rate_limited");
    const after = await version();
    expect([before, null]).not.toContain(after);
  });

  it("is named by a write that nothing else has overlapped, for its answer to be kept under", async () => {
    await version("m1");
    await subject().settle(["m1"]);
    expect(await version()).toBe("m1");
    await version("m2");
    await subject().settle(["m2"]);
    expect(await version()).toBe("m2");
    // Told once more, or of a write that is long over, it stays.
    await subject().settle(["m2"]);
    await subject().settle(["m1"]);
    expect(await version()).toBe("m2");
  });

  const settle = (mark: string) => subject().settle([mark]);
  it.each<[string, () => Promise<unknown>]>([
    ["began before and ends before", () => settle("other")],
    ["began before and ends after", () => settle("m1").then(() => settle("other"))],
  ])("is not named by a write when another %s", async (_what, end) => {
    await version("other");
    await version("m1");
    await end();
    await settle("m1");
    expect(["other", "m1", null]).not.toContain(await version());
  });

  it.each<[string, () => Promise<unknown>]>([
    ["another write was announced", () => version("m2").then(() => settle("m2"))],
    [
      "billing announced one",
      () =>
        subject()
          .mark("b1")
          .then(() => settle("b1")),
    ],
    ["billing changed the plan", () => apply(subscriptionOf("ann"))],
    ["auth told a fact", () => push("ann", account(2, { role: "admin" }))],
    ["the object was aborted", () => abortAllDurableObjects()],
  ])("is not named by a write when meanwhile %s", async (_what, happen) => {
    await version("m1");
    await happen();
    await settle("m1");
    setTime(NOW + 2 * MARK_MS);
    expect(["b1", "m2", "m1", null]).not.toContain(await version());
  });

  it("is never named by a write of somebody else", async () => {
    await subject().mark("b1");
    await settle("b1");
    expect(["b1", null]).not.toContain(await version());
  });

  it("is none while one of several writes is not settled", async () => {
    await version("m1");
    await version("m2");
    await subject().settle(["m1"]);
    await subject().settle(["m1"]);
    expect(await version()).toBeNull();
    await subject().settle(["m2"]);
    expect(await version()).not.toBeNull();
  });

  it("is a new one when nobody settles a write for 30 s", async () => {
    const before = await version();
    await version("m1");
    setTime(NOW + MARK_MS - 1);
    expect(await version()).toBeNull();
    setTime(NOW + MARK_MS);
    const after = await version();
    expect(after).not.toBeNull();
    expect(after).not.toBe(before);
    expect(await version()).toBe(after);
  });

  it.each([
    ["an abort", () => abortAllDurableObjects()],
    ["an eviction", () => evictDurableObject(subject())],
  ])("is none after %s while a write of before may be under way", async (_what, restart) => {
    const before = await version();
    await version("m1");
    await restart();
    expect(await version()).toBeNull();
    // Whose end this is, the new object does not know: there may have been others.
    await subject().settle(["m1"]);
    expect(await version()).toBeNull();
    setTime(NOW + MARK_MS);
    expect(await version()).toBeNull();
    setTime(NOW + 2 * MARK_MS);
    const after = await version();
    expect([null, before]).not.toContain(after);
    expect(await version()).toBe(after);
  });

  it("is none after an abort between a later write and its end", async () => {
    await version("m1");
    await subject().settle(["m1"]);
    // Within what the first write's row covers to the last millisecond, and one beyond.
    for (const later of [MARK_MS, MARK_MS + 1]) {
      setTime(NOW + later);
      await version(`m${later}`);
      await abortAllDurableObjects();
      setTime(NOW + later + MARK_MS - 1);
      expect(await version()).toBeNull();
    }
  });

  it("is another one after every fact that is told", async () => {
    const seen = [await version()];
    await push("ann", account(2, { role: "admin" }));
    seen.push(await version());
    await apply(subscriptionOf("ann"));
    seen.push(await version());
    await push("ann", { kind: "session_revoked", sessionId: "s9", until: NOW + 1 });
    seen.push(await version());
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).not.toContain(null);
  });

  it("is none while billing writes a plan whose end is never told", async () => {
    await DB.exec("DROP TABLE subscriptions");
    expect(await apply(subscriptionOf("ann"))).toMatchObject({ ok: false });
    // The users row could not be read either, so nothing was announced and nothing was written.
    expect(await version()).not.toBeNull();
    await subject().mark("billing");
    expect(await version()).toBeNull();
  });

  it("counts a write that was refused as none", async () => {
    const before = await version();
    for (let spent = 1; spent < 100; spent += 1) await admit();
    expect(await version("m1")).toBe("rate_limited");
    setTime(NOW + 3_600_000);
    expect(await version()).toBe(before);
  });
});
