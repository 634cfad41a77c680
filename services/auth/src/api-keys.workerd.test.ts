import { parseApiKey } from "@luna/shared/api-key";
import { sha256Hex } from "@luna/shared/bytes";
import { KeySetText } from "@luna/shared/env";
import { PLANS } from "@luna/shared/plans";
import * as v from "valibot";
import { beforeEach, describe, expect, it } from "vitest";

import { newPerson, on, toldOf, unscaled, type Person } from "./person.fixture.ts";
import {
  codeOf,
  DAY,
  DB,
  gateway,
  NOW,
  rowsOf,
  SECOND,
  setTime,
  settledOutbox,
  startAfresh,
  TABLES,
  testEnv,
  USERS,
} from "./workerd.fixture.ts";

beforeEach(startAfresh);

const KEYS = "/v1/api-keys";
const TAG_KEYS = v.parse(KeySetText, testEnv.KEY_TAG_KEYS);

interface NewKey {
  id: string;
  prefix: string;
  key: string;
}

const made = async (answer: Promise<Response>): Promise<NewKey> => {
  const response = await answer;
  expect(response.status).toBe(201);
  return response.json<NewKey>();
};
const newKey = (person: Person, more: object = {}) =>
  made(person.ask("POST", KEYS, { name: "ci", ...more }));
const rotate = (person: Person, id: string, body: object = {}) =>
  person.ask("POST", `${KEYS}/${id}/rotate`, body);

/** As many more keys like this one. */
const copies = async (id: string, count: number): Promise<void> => {
  for (let copy = 0; copy < count; copy += 1)
    await DB.prepare(
      `INSERT INTO api_keys SELECT id || ?1, account_id, name, secret_hash || ?1, scopes, seq,
         created_at, expires_at, revoked_at, rotated_to FROM api_keys WHERE id = ?2`,
    )
      .bind(copy, id)
      .run();
};

/** The scopes auth stands behind for the bearer of this text, or why it does not. */
const confirmed = async (text: string) => {
  const parsed = await parseApiKey(TAG_KEYS, text);
  if (parsed === null) return "forged";
  const { subject, keyId, secretHash } = parsed;
  const answer = await gateway.confirm({ kind: "key", keyId, secretHash }, subject);
  return answer.ok ? answer.value.scopes : answer.code;
};

describe("a new key", () => {
  it("is shown once, works at once, and its Subject has been told", async () => {
    const ann = await newPerson("ann@example.com");
    const answer = await ann.ask("POST", KEYS, {
      name: " ci ",
      scopes: ["read"],
      expiresInDays: 30,
    });
    expect(answer.status).toBe(201);
    const key = await answer.json<NewKey>();
    const expiresAt = NOW + 30 * DAY;
    expect(key).toEqual({
      id: key.id,
      name: "ci",
      prefix: `luna_live_${ann.id}_${key.id}`,
      scopes: ["read"],
      expiresAt: new Date(expiresAt).toISOString(),
      createdAt: new Date(NOW).toISOString(),
      key: expect.stringMatching(/^luna_live_/) as string,
    });
    expect(await confirmed(key.key)).toEqual(["read"]);
    const secretHash = await sha256Hex(key.key);
    expect((await toldOf(ann)).at(-1)).toEqual({
      userId: ann.id,
      kind: "key",
      epoch: 0,
      seq: 0,
      keyId: key.id,
      grant: { secretHash, scopes: ["read"], expiresAt },
    });
  });

  it("reads and writes for ever unless told otherwise", async () => {
    const { key } = await newKey(await newPerson("ann@example.com"));
    expect(await confirmed(key)).toEqual(["read", "write"]);
    setTime(NOW + 3_650 * DAY);
    expect(await confirmed(key)).toEqual(["read", "write"]);
  });

  it("ends with its expiry", async () => {
    const { key } = await newKey(await newPerson("ann@example.com"), { expiresInDays: 1 });
    setTime(NOW + DAY - 1);
    expect(await confirmed(key)).toEqual(["read", "write"]);
    setTime(NOW + DAY);
    expect(await confirmed(key)).toBe("revoked");
  });

  it("is stored nowhere, neither whole nor its secret, even while users is down", async () => {
    const ann = await newPerson("ann@example.com");
    await USERS.behave("throw");
    const { key } = await newKey(ann);
    await settledOutbox();
    const stored = JSON.stringify(await Promise.all(TABLES.map(rowsOf)));
    expect(stored).toContain(await sha256Hex(key));
    expect(stored).not.toContain(key.slice(-42, -15));
    const listed = await (await ann.ask("GET", KEYS)).text();
    expect(listed).not.toContain(key.slice(-42, -15));
    expect(listed).not.toContain(await sha256Hex(key));
  });

  it.each([
    ["no name", { name: " " }],
    ["a line break in its name", { name: "a\nb" }],
    ["a reversed name", { name: "a\u202Eb" }],
    ["a name that nobody sees", { name: "\u200B" }],
    ["administrative scope", { name: "a", scopes: ["admin"] }],
    ["no scope", { name: "a", scopes: [] }],
    ["no day to live", { name: "a", expiresInDays: 0 }],
    ["more than a year", { name: "a", expiresInDays: 366 }],
    ["half a day", { name: "a", expiresInDays: 0.5 }],
    ["somebody else as owner", { name: "a", userId: "00other" }],
  ])("is refused with %s", async (_what, body) => {
    const ann = await newPerson("ann@example.com");
    expect(await codeOf(await ann.ask("POST", KEYS, body))).toEqual([422, "invalid_input"]);
    expect(await rowsOf("api_keys")).toEqual([]);
  });

  it.each(["free", "starter"] as const)(
    "is refused beyond what the plan %s promises, also to concurrent requests",
    async (tier) => {
      const ann = unscaled(on(tier, await newPerson("ann@example.com")));
      const { id } = await newKey(ann);
      await copies(id, PLANS[tier].liveKeys - 2);
      const bodies = Array.from({ length: 5 }, () => ann.ask("POST", KEYS, { name: "more" }));
      const statuses = (await Promise.all(bodies)).map(({ status }) => status);
      expect(statuses.toSorted((a, b) => a - b)).toEqual([201, 409, 409, 409, 409]);
      expect((await ann.ask("DELETE", `${KEYS}/${id}`)).status).toBe(204);
      await newKey(ann);
    },
  );
});

describe("a deleted key", () => {
  it("is refused at once and for ever, and leaves the list", async () => {
    const ann = await newPerson("ann@example.com");
    const { id, key } = await newKey(ann);
    const kept = await newKey(ann);
    expect((await ann.ask("DELETE", `${KEYS}/${id}`)).status).toBe(204);
    expect((await toldOf(ann)).at(-1)).toMatchObject({ keyId: id, seq: 1, grant: null });
    expect([await confirmed(key), await confirmed(kept.key)]).toEqual([
      "revoked",
      ["read", "write"],
    ]);
    const { items } = await (await ann.ask("GET", KEYS)).json<{ items: NewKey[] }>();
    expect(items.map((item) => item.id)).toEqual([kept.id]);
    expect((await ann.ask("DELETE", `${KEYS}/${id}`)).status).toBe(404);
    expect((await rotate(ann, id)).status).toBe(404);
  });
});

describe("a rotated key", () => {
  it("is valid beside its successor for the overlap, and not a moment longer", async () => {
    const ann = await newPerson("ann@example.com");
    const old = await newKey(ann, { scopes: ["read"], expiresInDays: 10 });
    setTime(NOW + DAY);
    const next = await made(rotate(ann, old.id, { overlapSeconds: 60 }));
    expect(next).toMatchObject({
      name: "ci",
      scopes: ["read"],
      expiresAt: new Date(NOW + 11 * DAY).toISOString(),
    });
    expect(next.id).not.toBe(old.id);
    const both = async () => [await confirmed(old.key), await confirmed(next.key)];
    setTime(NOW + DAY + 60 * SECOND - 1);
    expect(await both()).toEqual([["read"], ["read"]]);
    setTime(NOW + DAY + 60 * SECOND);
    expect(await both()).toEqual(["revoked", ["read"]]);
    const told = (await toldOf(ann)).filter((push) => push.kind === "key").slice(-2);
    expect(told).toContainEqual(
      expect.objectContaining({
        keyId: old.id,
        seq: 1,
        grant: expect.objectContaining({ expiresAt: NOW + DAY + 60 * SECOND }) as object,
      }),
    );
    expect(told).toContainEqual(expect.objectContaining({ keyId: next.id, seq: 0 }));
  });

  it("ends at once without an overlap", async () => {
    const ann = await newPerson("ann@example.com");
    const old = await newKey(ann);
    const next = await made(rotate(ann, old.id));
    expect([await confirmed(old.key), await confirmed(next.key)]).toEqual([
      "revoked",
      ["read", "write"],
    ]);
    expect(await toldOf(ann)).toContainEqual(
      expect.objectContaining({ keyId: old.id, grant: null }),
    );
  });

  it("needs no body to be rotated at once", async () => {
    const ann = await newPerson("ann@example.com");
    const { id } = await newKey(ann);
    await made(ann.ask("POST", `${KEYS}/${id}/rotate`));
    expect((await rotate(ann, id)).status).toBe(404);
  });

  it("never lives longer than it would have", async () => {
    const ann = await newPerson("ann@example.com");
    const old = await newKey(ann, { expiresInDays: 1 });
    await made(rotate(ann, old.id, { overlapSeconds: 7 * 24 * 60 * 60 }));
    setTime(NOW + DAY);
    expect(await confirmed(old.key)).toBe("revoked");
  });

  it("has one successor, however many ask at once", async () => {
    const ann = await newPerson("ann@example.com");
    const old = await newKey(ann);
    const asked = Array.from({ length: 10 }, () => rotate(ann, old.id, { overlapSeconds: 60 }));
    const statuses = (await Promise.all(asked)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 201)).toHaveLength(1);
    expect(statuses.filter((status) => status === 409)).toHaveLength(9);
    expect(await rowsOf("api_keys")).toHaveLength(2);
  });

  it("needs no room, so that a plan that is full or has shrunk keeps no old key alive", async () => {
    const ann = unscaled(await newPerson("ann@example.com"));
    const first = await newKey(ann);
    await copies(first.id, 2 * PLANS.free.liveKeys);
    const second = await made(rotate(ann, first.id, { overlapSeconds: 60 }));
    await made(rotate(ann, second.id));
    expect((await ann.ask("POST", KEYS, { name: "more" })).status).toBe(409);
  });

  it("stands beside its successor only as often as the plan has keys, but ends at any time", async () => {
    const ann = unscaled(await newPerson("ann@example.com"));
    let { id } = await newKey(ann);
    for (let turn = 0; turn < PLANS.free.liveKeys; turn += 1)
      ({ id } = await made(rotate(ann, id, { overlapSeconds: 60 })));
    expect(await codeOf(await rotate(ann, id, { overlapSeconds: 60 }))).toEqual([409, "conflict"]);
    await made(rotate(ann, id));
  });

  it("cannot overlap by more than a week", async () => {
    const ann = await newPerson("ann@example.com");
    const { id } = await newKey(ann);
    expect((await rotate(ann, id, { overlapSeconds: 604_801 })).status).toBe(422);
    expect((await rotate(ann, id, { overlapSeconds: -1 })).status).toBe(422);
  });
});

describe("a stranger", () => {
  it("finds none of another's keys and changes none", async () => {
    const ann = await newPerson("ann@example.com");
    const eve = await newPerson("eve@example.com");
    const { id, key } = await newKey(ann);
    const before = [await rowsOf("api_keys"), await toldOf(ann)];
    expect((await eve.ask("DELETE", `${KEYS}/${id}`)).status).toBe(404);
    expect((await rotate(eve, id)).status).toBe(404);
    expect(await (await eve.ask("GET", KEYS)).json()).toEqual({ items: [], nextCursor: null });
    expect([await rowsOf("api_keys"), await toldOf(ann)]).toEqual(before);
    expect(await confirmed(key)).toEqual(["read", "write"]);
    const hash = await sha256Hex(key);
    const claimed = { kind: "key", keyId: id, secretHash: hash } as const;
    expect(await gateway.confirm(claimed, eve.id)).toMatchObject({ code: "revoked" });
  });
});
