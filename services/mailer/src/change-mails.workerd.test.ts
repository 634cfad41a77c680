import type { Caller } from "@luna/shared/rpc/caller";
import type { ServiceDoor } from "@luna/shared/rpc/door";
import { exchange } from "@luna/shared/rpc/exchange";
import { exports } from "cloudflare:workers";
import * as v from "valibot";
import { beforeEach, describe, expect, it, vi } from "vitest";

import { BulkReport } from "./mail-filter.ts";
import { failure } from "./outcome.ts";
import type { Transport } from "./transport.ts";
import {
  acceptWithoutHint,
  deliver,
  HOUR,
  receipt,
  received,
  rows,
  sinkFault,
  START,
  startAfresh,
  testEnv,
  verify,
} from "./workerd.fixture.ts";

const { ForGateway } = exports as unknown as { ForGateway: ServiceDoor };
const client = { address: "192.0.2.1", region: null, userAgent: "test", language: "en" };
const caller = (role: "user" | "admin"): Caller => ({
  kind: "user",
  client,
  userId: "00root",
  credential: { kind: "session", sessionId: "00session" },
  role,
  tier: "free",
});

const ask = async (
  method: string,
  path: string,
  body?: unknown,
  role: "user" | "admin" = "admin",
) => {
  const request = new Request(`https://luna.test/v1/admin/mail${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    headers: { "content-type": "application/json" },
  });
  const response = await exchange(ForGateway, request, caller(role));
  return { status: response.status, body: await response.json<Record<string, unknown>>() };
};
const change = async (verb: string, selection: object) => {
  const { status, body } = await ask("POST", `/${verb}`, selection);
  expect(status).toBe(200);
  return v.parse(BulkReport, body);
};
const states = async () => (await rows()).map(({ state }) => state);
const audited = async () =>
  (
    await testEnv.DB.prepare("SELECT action, detail FROM audit").all<{
      action: string;
      detail: string;
    }>()
  ).results;

/** Nobody knows whether what it took went out. */
const silent: Transport = {
  name: "smtp",
  send: () => Promise.resolve(failure("ambiguous", "timeout")),
  close: () => Promise.resolve(),
};

/** Mails whose attempts are used up. */
const dead = async (...keys: string[]): Promise<string[]> => {
  await sinkFault("451");
  const ids = await acceptWithoutHint(...keys.map((key) => receipt(key)));
  for (const hours of [0, 2, 4]) {
    vi.setSystemTime(START + hours * HOUR);
    await deliver();
  }
  await sinkFault("none");
  return ids;
};
/** A courtesy whose outcome nobody knows. */
const held = async (key: string): Promise<string[]> => {
  const ids = await acceptWithoutHint(receipt(key, { template: "payment_recovered" }));
  await deliver(silent);
  return ids;
};

beforeEach(startAfresh);

describe("retrying in bulk", () => {
  it("makes the oldest of those meant due again, up to the limit, and says how many there are", async () => {
    const ids = await dead("receipt:a:1", "receipt:a:2", "receipt:a:3");
    expect(await change("retry", { state: "dead", limit: 2 })).toEqual({
      matched: 3,
      changed: 2,
      ids: ids.toSorted().slice(0, 2),
    });
    expect(await states()).toEqual(["queued", "queued", "dead"]);
    await deliver();
    expect(await received()).toHaveLength(2);
  });

  it("changes nothing when it is dry, and writes nothing down", async () => {
    const ids = await dead("receipt:a:1");
    const dry = await change("retry", { state: "dead", dryRun: true });
    expect(dry).toEqual({ matched: 1, changed: 0, ids });
    expect([await states(), await audited()]).toEqual([["dead"], []]);
  });

  it("leaves alone what is on its way, was sent, is held, or has lost its secret", async () => {
    await acceptWithoutHint(receipt("receipt:sent:1"));
    await deliver();
    await sinkFault("550");
    await acceptWithoutHint(await verify("verify:failed:1"));
    await deliver();
    await sinkFault("none");
    await held("receipt:held:1");
    await acceptWithoutHint(receipt("receipt:queued:1"));
    const before = await rows();
    expect(await change("retry", { since: "2020-01-01T00:00:00Z" })).toMatchObject({ matched: 0 });
    expect(await rows()).toEqual(before);
  });

  it("counts each mail once when two operators ask at the same moment", async () => {
    await dead("receipt:a:1", "receipt:a:2");
    const reports = await Promise.all([1, 2, 3].map(() => change("retry", { state: "dead" })));
    expect(reports.reduce((sum, { changed }) => sum + changed, 0)).toBe(2);
  });
});

describe("releasing", () => {
  it("sends held mails, and no others", async () => {
    await dead("receipt:dead:1");
    await held("receipt:held:1");
    expect(await change("release", { template: "payment_recovered" })).toMatchObject({
      changed: 1,
    });
    expect(await change("release", { state: "dead" })).toMatchObject({ matched: 0, changed: 0 });
    await deliver();
    expect(await received()).toHaveLength(1);
    expect((await states()).toSorted()).toEqual(["dead", "sent"]);
  });
});

describe("dropping", () => {
  it("ends what waits, is held or dead, explains it, and destroys its secrets", async () => {
    await dead("receipt:dead:1");
    await held("receipt:held:1");
    await acceptWithoutHint(await verify("verify:queued:1", { expiresAt: START + 9 * HOUR }));
    expect(await change("drop", { since: "2020-01-01T00:00:00Z" })).toMatchObject({
      matched: 3,
      changed: 3,
    });
    expect(await rows()).toMatchObject(
      [1, 2, 3].map(() => ({ state: "failed", reason: "dropped" })),
    );
    expect((await rows()).filter(({ sealed }) => sealed === null)).toHaveLength(1);
    await deliver();
    expect(await received()).toEqual([]);
  });

  it("does not touch a mail that somebody is sending", async () => {
    await acceptWithoutHint(receipt("receipt:a:1"));
    const during: Transport = {
      ...silent,
      send: async () => {
        expect(await change("drop", { state: "sending" })).toMatchObject({ matched: 0 });
        expect(await change("drop", { template: "receipt" })).toMatchObject({ matched: 0 });
        return { class: "sent", code: "250", detail: "", providerId: null };
      },
    };
    await deliver(during);
    expect(await states()).toEqual(["sent"]);
  });

  it("writes down what was meant, but not whose address", async () => {
    await acceptWithoutHint(receipt("receipt:a:1"));
    await change("drop", { to: "ADA@example.com" });
    const [row] = await audited();
    expect(row?.action).toBe("mail.bulk_dropped");
    expect(JSON.parse(row?.detail ?? "")).toMatchObject({ to: true, limit: 100 });
    expect(row?.detail).not.toMatch(/ada/i);
  });
});

describe("what is meant", () => {
  it("needs at least one condition, known ones only, and within bounds", async () => {
    for (const body of [
      {},
      { limit: 5 },
      { state: "lost" },
      { template: "spam" },
      { state: "dead", limit: 501 },
      { ids: [] },
      { ids: ["../x"] },
      { since: "yesterday" },
      { since: "2030-02-31T00:00:00Z" },
      { until: "2030-01-01T00:00:00+01" },
      { state: "dead", everything: true },
    ])
      expect((await ask("POST", "/drop", body)).status).toBe(422);
  });

  it("is everything that fits all conditions", async () => {
    const [first = ""] = await acceptWithoutHint(receipt("receipt:a:1"));
    vi.setSystemTime(START + HOUR);
    const [second = ""] = await acceptWithoutHint(
      receipt("receipt:b:1", { to: "Bob@Example.com" }),
    );
    await acceptWithoutHint(await verify("verify:b:1", { to: "bob@example.com" }));
    const meant = async (conditions: object) =>
      (await change("drop", { ...conditions, dryRun: true })).ids;
    const at = (ms: number) => new Date(ms).toISOString();
    expect(await meant({ until: at(START + HOUR) })).toEqual([first]);
    expect(await meant({ since: at(START + HOUR), template: "receipt" })).toEqual([second]);
    expect(await meant({ to: "bob@example.com", template: "receipt" })).toEqual([second]);
    expect(await meant({ ids: [first, "00nobody"] })).toEqual([first]);
    expect(await meant({ to: "nobody@example.com" })).toEqual([]);
  });

  it("knows a reader however the address is written", async () => {
    const ids = await acceptWithoutHint(
      receipt("receipt:a:1", { to: "Ada@BÜCHER.example" }),
      receipt("receipt:b:1", { to: "ada@xn--bcher-kva.example" }),
    );
    await acceptWithoutHint(receipt("receipt:c:1", { to: "No Address" }));
    for (const to of ["ada@bücher.example", "ADA@BÜCHER.example", "ada@XN--BCHER-KVA.example"])
      expect((await change("drop", { to, dryRun: true })).ids).toEqual(ids.toSorted());
    expect((await change("drop", { to: "no address", dryRun: true })).matched).toBe(1);
  });

  it("is the same for a list", async () => {
    await acceptWithoutHint(
      receipt("receipt:a:1"),
      receipt("receipt:b:1", { to: "Bob@example.com" }),
    );
    const to = encodeURIComponent("bob@example.com");
    const { body } = await ask("GET", `?to=${to}&template=receipt&since=2020-01-01T00:00:00Z`);
    expect(body).toMatchObject({ items: [{ to: "Bob@example.com" }] });
    for (const since of ["yesterday", "2030-02-31T00:00:00Z", "2030-01-01T00:00:00%2B01"])
      expect((await ask("GET", `?since=${since}`)).status).toBe(422);
  });

  it("is nobody's business but administrators'", async () => {
    for (const verb of ["retry", "release", "drop"])
      expect((await ask("POST", `/${verb}`, { state: "dead" }, "user")).status).toBe(403);
  });
});
