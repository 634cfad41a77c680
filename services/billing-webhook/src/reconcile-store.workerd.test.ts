import { createDatabase } from "@luna/shared/d1/database";
import { newTrace } from "@luna/shared/trace";
import { beforeEach, describe, expect, it } from "vitest";

import { PURCHASE, SECOND } from "./fixtures/events.ts";
import { env, startAfresh } from "./fixtures/mesh.ts";
import { reconcileStore, type Cursor } from "./reconcile-store.ts";

beforeEach(startAfresh);

const by = { actor: "root", trace: newTrace() };
const collections: Cursor["collections"] = ["orders", "subscriptions"];
const cursor: Cursor = { objects: [], collections, page: 1, since: null };
const further: Cursor = { ...cursor, page: 2 };

describe("the steps of a run", () => {
  it("are taken by one at a time, and by nobody else once the lease is lost", async () => {
    const store = reconcileStore(createDatabase(env.DB));
    await store.start("all", cursor, by, PURCHASE);
    const [slow] = await store.claim(PURCHASE);
    expect(await store.claim(PURCHASE + SECOND)).toEqual([]);
    const [quick] = await store.claim(PURCHASE + 60 * SECOND);
    if (slow === undefined || quick === undefined) throw new Error("a run was not claimed");
    expect(await store.step(quick, further, 1, PURCHASE + 61 * SECOND)).toBe(true);
    expect(await store.step(slow, cursor, 1, PURCHASE + 62 * SECOND)).toBe(false);
    await store.finish(slow, "too late", PURCHASE + 62 * SECOND);
    await store.pause(quick, PURCHASE + 63 * SECOND);
    expect(await store.claim(PURCHASE + 63 * SECOND)).toMatchObject([{ cursor: further }]);
  });
});
