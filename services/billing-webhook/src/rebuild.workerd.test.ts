import { newTrace } from "@luna/shared/trace";
import { exports } from "cloudflare:workers";
import { beforeEach, describe, expect, inject, it } from "vitest";

import { purchase } from "./fixtures/events.ts";
import {
  ask,
  callerOf,
  count,
  deliver,
  env,
  inbox,
  inOrder,
  mailer,
  settled,
  startAfresh,
  users,
} from "./fixtures/mesh.ts";
import { refFor } from "./fixtures/shop.ts";
import { deliveriesOf } from "./fixtures/traces.ts";

beforeEach(startAfresh);

const root = callerOf("root", "admin");

interface Report {
  objects: number;
  differences: { kind: string; id: string; what: string; columns: string[] }[];
}

/** The whole walk, one answer after the other. */
const rebuild = async (repair: boolean): Promise<Report> => {
  const report: Report = { objects: 0, differences: [] };
  let cursor: string | null = null;
  do {
    const next: string = cursor === null ? "" : `&cursor=${cursor}`;
    const path = `/v1/admin/billing/rebuild?repair=${repair}${next}`;
    const { status, body } = await ask("POST", path, root);
    expect(status).toBe(200);
    report.objects += body["objects"] as number;
    report.differences.push(...(body["differences"] as Report["differences"]));
    cursor = body["nextCursor"] as string | null;
  } while (cursor !== null);
  return report;
};

const TABLES = ["subscriptions", "orders", "invoices", "license_keys"];
/** Every column but those that tell how and when a row came about. */
const BOOKKEEPING = ["seq", "changed_by", "receipt_by", "linked_by", "linked_at"];

const tables = async (): Promise<string[]> => {
  const all = await Promise.all(
    [...TABLES, "owners"].map(async (table) => {
      const { results } = await env.DB.prepare(`SELECT * FROM ${table}`).all();
      return results.map((row) => {
        const kept = Object.entries(row).filter(([column]) => !BOOKKEEPING.includes(column));
        return JSON.stringify([table, kept]);
      });
    }),
  );
  return all.flat().toSorted();
};

/** Every trace bought by somebody else, one event in three repeated. */
const playAll = async (): Promise<void> => {
  for (const [index, trace] of inject("traces").entries()) {
    const deliveries = deliveriesOf(trace, await refFor(`user${index}`));
    for (const delivery of deliveries.toReversed()) await deliver(delivery);
  }
  await settled();
};

describe("the tables, made again from the stored bytes alone", () => {
  it("are the same", async () => {
    await playAll();
    const before = await tables();
    const objects = before.length - (await count("owners"));
    expect(await rebuild(false)).toEqual({ objects, differences: [] });

    const mails = (await mailer.told()).length;
    for (const table of [...TABLES, "owners"]) await env.DB.exec(`DELETE FROM ${table}`);
    const lost = await rebuild(false);
    expect(lost.differences).toHaveLength(objects);
    expect(new Set(lost.differences.map(({ what }) => what))).toEqual(new Set(["missing"]));
    expect(await tables()).toEqual([]);

    await rebuild(true);
    expect(await tables()).toEqual(before);
    expect(await rebuild(false)).toEqual({ objects, differences: [] });
    expect(await mailer.told()).toHaveLength(mails);
  });

  it("are put right where somebody changed them, and what nobody told of is named", async () => {
    const trace = inject("traces").find(({ name }) => name === "license-key");
    if (trace === undefined) throw new Error("no such trace");
    for (const delivery of deliveriesOf(trace, await refFor("ada"))) await deliver(delivery);
    await settled();
    const before = await tables();
    const first = (await users.told()).at(-1);
    await env.DB.exec("UPDATE subscriptions SET status = 'expired', owner_id = 'eve'");
    await env.DB.exec("UPDATE orders SET total = 1");
    await env.DB.exec("DELETE FROM license_keys");
    await env.DB.exec(
      "INSERT INTO invoices SELECT '777', owner_kind, owner_id, subscription_id, customer_id, status, reason, currency, total, refunded, total_text, created_at, updated_at, item_updated_at, urls_expire_at, digest, changed_by, receipt_by FROM invoices LIMIT 1",
    );

    const { differences } = await rebuild(true);
    expect(differences).toEqual([
      {
        kind: "subscription",
        id: first?.providerId,
        what: "different",
        columns: ["status", "owner"],
      },
      { kind: "order", id: expect.any(String), what: "different", columns: ["total"] },
      { kind: "invoice", id: "777", what: "untold", columns: [] },
      { kind: "license_key", id: expect.any(String), what: "missing", columns: [] },
    ]);
    await env.DB.exec("DELETE FROM invoices WHERE id = '777'");
    expect(await tables()).toEqual(before);
    // Receivers take the announcement for a newer one than all before.
    expect((await users.told()).at(-1)).toEqual({ ...first, epoch: 2, seq: 1 });
  });

  it("are nobody else's than people decided, whatever a reference says later", async () => {
    const bought = purchase(1);
    await inOrder([bought.order(), bought.subscription("subscription_created")]);
    const subscription = (await inbox()).find(({ subscription_id }) => subscription_id !== null);
    await ask("POST", `/v1/admin/billing/events/${subscription?.id}/link`, root, { userId: "ada" });
    const custom = { ref: await refFor("eve") };
    await inOrder([bought.invoice("subscription_payment_success"), bought.order({ custom })]);
    const before = await tables();
    expect(before.join()).not.toContain("eve");

    for (const table of [...TABLES, "owners", "order_identifiers"])
      await env.DB.exec(`DELETE FROM ${table}`);
    const links = [`order:${bought.orderId}`, `subscription:${bought.subscriptionId}`].map(
      (link) => ({ kind: "link", id: link, what: "missing", columns: [] }),
    );
    const { differences } = await rebuild(false);
    expect(differences.filter(({ kind }) => kind === "link")).toEqual(links);
    expect(await count("owners")).toBe(0);
    await rebuild(true);
    expect([await tables(), await count("order_identifiers")]).toEqual([before, 1]);

    await env.DB.exec("UPDATE owners SET owner_id = 'eve' WHERE object = 'subscription'");
    expect((await rebuild(true)).differences).toMatchObject([
      { kind: "link", id: `subscription:${bought.subscriptionId}`, columns: ["owner"] },
    ]);
    expect([await tables(), (await rebuild(false)).differences]).toEqual([before, []]);
  });

  it("let go on what waited for a link that was lost", async () => {
    const bought = purchase(1);
    const custom = { ref: await refFor("ada") };
    await inOrder([bought.subscription("subscription_created", { custom })]);
    await env.DB.exec("DELETE FROM owners");
    await inOrder([bought.invoice("subscription_payment_success")]);
    expect((await inbox()).at(-1)).toMatchObject({ state: "unlinked" });
    await rebuild(true);
    await exports.ForScheduler.run("sweep", newTrace());
    expect([(await inbox()).at(-1), await count("invoices")]).toMatchObject([
      { state: "applied" },
      1,
    ]);
  });

  it("are nobody's but an administrator's to make", async () => {
    const path = "/v1/admin/billing/rebuild?repair=true";
    expect((await ask("POST", path, callerOf("ada"))).status).toBe(403);
    expect((await ask("POST", "/v1/admin/billing/rebuild?repair=yes", root)).status).toBe(422);
  });
});
