import type { Database } from "@luna/shared/d1/database";
import { newTrace } from "@luna/shared/trace";
import { beforeEach, describe, expect, it } from "vitest";

import { env, startAfresh } from "./fixtures/mesh.ts";
import { countRows } from "./fixtures/rows-read.ts";
import { inboxList } from "./inbox-list-store.ts";
import { inboxStore, type InboxState } from "./inbox-store.ts";
import { knownStore } from "./known-store.ts";
import { recallLinked } from "./link-store.ts";
import { recallUnlinked } from "./owner-store.ts";
import { purchaseStore } from "./purchase-store.ts";

beforeEach(startAfresh);

const NOW = Date.UTC(2026, 10, 21);
const WAITING = 2_000;
/** A few index entries and rows for each that is meant, and none for the others. */
const FEW = 40;

/** Deliveries about as many purchases, none of them applied. */
const pileUp = (state: InboxState) =>
  env.DB.prepare(
    `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
     INSERT INTO inbox (id, source, dedupe_key, body_sha256, body, sealed, event_name, object_type,
                        object_id, subscription_id, order_id, received_at, next_at, trace, state)
     SELECT printf('%08d', i), 'webhook', i, i, x'00', 0, 'subscription_updated', 'subscriptions',
            i, i, i, ?, ? + i, '{}', ? FROM n`,
  )
    .bind(WAITING, NOW, NOW, state)
    .run();

const attempt = { eventId: "00000001", stamp: "00000001.1", now: NOW };
const list = (db: Database, state: InboxState) =>
  inboxList(db, "root", newTrace(), NOW).read({ state, before: null, limit: 20 });
const family = { orders: ["7"], subscriptions: ["7"] };

describe("a backlog of two thousand deliveries costs nothing more than a short one", () => {
  it.each<[string, InboxState, (db: Database) => Promise<unknown>]>([
    ["to claim the first that is due", "received", (db) => inboxStore(db).claimDue(NOW * 2, 1)],
    ["to claim the first that arrived", "received", (db) => inboxStore(db).claimArrived(NOW, 1)],
    ["to claim one by its name", "received", (db) => inboxStore(db).claimFresh("00000007", NOW)],
    ["to know that one waits", "received", (db) => inboxStore(db).isWaiting()],
    [
      "to call back what waits for one purchase",
      "unlinked",
      (db) => db.write(recallUnlinked({ orderId: "7", subscriptionId: "7" }, attempt)),
    ],
    [
      "to call back what waits for what was linked",
      "unlinked",
      (db) => db.write(recallLinked("stamp", NOW)),
    ],
    ["to read what waits for one purchase", "unlinked", (db) => knownStore(db).waiting(family)],
    [
      "to show an operator what waits for one purchase",
      "unlinked",
      (db) => purchaseStore(db).waiting(family.orders, family.subscriptions),
    ],
    ["to list what is in another state", "received", (db) => list(db, "dead")],
  ])("%s", async (_what, state, act) => {
    await pileUp(state);
    const { db, rowsRead } = countRows();
    await act(db);
    expect(rowsRead()).toBeLessThan(FEW);
  });

  it("to find that nothing arrived since all of them failed", async () => {
    await pileUp("received");
    await env.DB.exec("UPDATE inbox SET attempts = 1");
    const { db, rowsRead } = countRows();
    expect(await inboxStore(db).claimArrived(NOW)).toEqual([]);
    expect(rowsRead()).toBeLessThan(FEW);
  });
});
