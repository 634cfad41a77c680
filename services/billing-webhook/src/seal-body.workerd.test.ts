import { toHex, utf8 } from "@luna/shared/bytes";
import { newTrace } from "@luna/shared/trace";
import { createExecutionContext } from "cloudflare:test";
import { exports } from "cloudflare:workers";
import { beforeEach, describe, expect, inject, it } from "vitest";

import { ask, callerOf, deliver, env, inbox, settled, startAfresh } from "./fixtures/mesh.ts";
import { refFor } from "./fixtures/shop.ts";
import { deliveriesOf, sightingsIn } from "./fixtures/traces.ts";
import { forgetBodies } from "./forget-store.ts";
import { openBody, SEALED_COLUMNS, sealBody, type SealedRow } from "./seal-body.ts";
import { service } from "./service.ts";

beforeEach(startAfresh);

/** A purchase by a user; answers the provider's id of the customer. */
const play = async (name: string, userId: string): Promise<string> => {
  const trace = inject("traces").find((one) => one.name === name);
  if (trace === undefined) throw new Error(`no trace ${name}`);
  for (const delivery of deliveriesOf(trace, await refFor(userId))) await deliver(delivery);
  await settled();
  const [sighting] = await sightingsIn(trace);
  return sighting?.observed.value.customerId ?? "";
};

const bodies = async (): Promise<string[]> => {
  const { results } = await env.DB.prepare(
    `SELECT ${SEALED_COLUMNS.text} FROM inbox`,
  ).all<SealedRow>();
  const opened = await Promise.all(results.map(openBody));
  return opened.filter((body) => body !== null).map((body) => new TextDecoder().decode(body));
};

const forget = (userId: string): Promise<number> => {
  const parts = service.open(env, createExecutionContext(), newTrace());
  if (parts === null) throw new Error("misconfigured");
  return forgetBodies(parts.db, { kind: "user", id: userId }, parts.trace, parts.clock());
};

const root = callerOf("root", "admin");

describe("a body", () => {
  it("opens only under the key and the id it was sealed with", async () => {
    const bytes = utf8("Ada, ada@example.test");
    const { body, key } = await sealBody("00a", bytes);
    const row = { id: "00a", body: toHex(body), body_key: toHex(key), sealed: 1 };
    expect(await openBody(row)).toEqual(bytes);
    expect(await openBody({ ...row, body_key: "" })).toBeNull();
    expect(await openBody({ ...row, id: "00b" })).toBeNull();
    expect(await openBody({ ...row, body: `${row.body}00` })).toBeNull();
    expect(await openBody({ ...row, body_key: "010203" })).toBeNull();
    expect(await openBody({ ...row, body: toHex(bytes), sealed: 0 })).toEqual(bytes);
  });
});

describe("somebody whose bodies are forgotten", () => {
  it("is named nowhere in billing, and everybody else still is", async () => {
    const ada = await play("license-key", "ada");
    await play("plain-purchase", "eve");
    const before = await bodies();
    const hers = before.filter((body) => body.includes(`"customer_id":${ada}`));
    expect(await forget("ada")).toBe(hers.length);
    expect(await bodies()).toEqual(before.filter((body) => !hers.includes(body)));

    await forget("eve");
    expect(before.join()).toContain("@luna.test");
    const tables = ["inbox", "subscriptions", "orders", "invoices", "license_keys", "audit"];
    for (const table of tables) {
      const { results } = await env.DB.prepare(`SELECT * FROM ${table}`).all();
      expect(JSON.stringify(results)).not.toContain("@luna.test");
    }
  });

  it("still has the same subscription, orders and invoices, made again from what was told", async () => {
    await play("license-key", "ada");
    await forget("ada");
    const tables = ["subscriptions", "orders", "invoices", "license_keys"];
    const state = async () => {
      const all = tables.map((table) => env.DB.prepare(`SELECT digest FROM ${table}`).all());
      return (await Promise.all(all)).map(({ results }) => results);
    };
    const before = await state();
    expect(before.flat()).toHaveLength(4);
    for (const table of tables) await env.DB.exec(`DELETE FROM ${table}`);
    await ask("POST", "/v1/admin/billing/rebuild?repair=true", root);
    expect(await state()).toEqual(before);
  });

  it("is protected from replays as before", async () => {
    await play("plain-purchase", "ada");
    await forget("ada");
    const before = await inbox();
    await play("plain-purchase", "ada");
    // The second checkout's reference makes other bytes of the same events: conflicts, and no change.
    expect((await inbox()).slice(0, before.length)).toEqual(before);
    await env.DB.exec("UPDATE inbox SET state = 'received', next_at = 0 WHERE body_key IS NULL");
    await exports.ForScheduler.run("sweep", newTrace());
    expect((await inbox())[0]).toMatchObject({ state: "parked", reason: "body_lost" });
  });
});
