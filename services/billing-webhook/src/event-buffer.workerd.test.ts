import { utf8 } from "@luna/shared/bytes";
import { DatabaseFailure, type Database } from "@luna/shared/d1/database";
import { arrivalOf } from "@luna/shared/http/arrival";
import { newTrace } from "@luna/shared/trace";
import {
  createExecutionContext,
  evictDurableObject,
  runDurableObjectAlarm,
  runInDurableObject,
} from "cloudflare:test";
import { exports } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";

import { billingOf } from "./billing.ts";
import type { BillingContext } from "./context.ts";
import type { Buffer, EventBuffer } from "./event-buffer.ts";
import { deliveryOf } from "./file-delivery.ts";
import { PURCHASE, purchase, SECOND } from "./fixtures/events.ts";
import {
  count,
  deliver,
  env,
  inbox,
  settled,
  startAfresh,
  states,
  users,
  webhook,
} from "./fixtures/mesh.ts";
import { refFor } from "./fixtures/shop.ts";
import { sign } from "./fixtures/sign.ts";
import { receiveEvent } from "./receive-event.ts";
import { service } from "./service.ts";

beforeEach(startAfresh);

const bought = purchase(1);

const buffer = () => env.BUFFER.getByName("billing");
const held = () =>
  runInDurableObject(
    buffer(),
    (_instance: EventBuffer, { storage }) =>
      storage.sql.exec<{ n: number }>("SELECT COUNT(*) AS n FROM held").one().n,
  );

/** D1 is there and refuses every insert, as it does when it is full or locked. */
const refuse = () => env.DB.exec("ALTER TABLE inbox RENAME TO inbox_away");
const recover = () => env.DB.exec("ALTER TABLE inbox_away RENAME TO inbox");

const parts = () => {
  const opened = service.open(env, createExecutionContext(), newTrace());
  if (opened === null) throw new Error("misconfigured");
  return opened;
};

/** What intake answers with another database or another buffer. */
const receiveWith = async (other: { db?: Partial<Database>; buffer?: Partial<Buffer> }) => {
  const { name, body } = bought.order();
  const billing = billingOf(parts());
  const context = {
    billing: {
      ...billing,
      db: { ...billing.db, ...other.db },
      ...(other.buffer === undefined ? {} : { buffer: other.buffer }),
    },
    trace: newTrace(),
    now: Date.now(),
    applySoon: () => undefined,
  } as unknown as BillingContext;
  const headers = { "x-event-name": name, "x-signature": await sign(body) };
  return receiveEvent({}, context, arrivalOf(webhook(body, headers)));
};
const away = (): Promise<never> => Promise.reject(new DatabaseFailure("unknown", "away"));

describe("while D1 refuses", () => {
  it("events are acknowledged, held, and applied in order once it recovers", async () => {
    const custom = { ref: await refFor("ada") };
    const events = [
      bought.subscription("subscription_created", { custom }),
      ...Array.from({ length: 4 }, (_, index) =>
        bought.subscription("subscription_updated", { custom, at: PURCHASE + index * SECOND }),
      ),
      bought.subscription("subscription_cancelled", {
        custom,
        at: PURCHASE + 9 * SECOND,
        attributes: { status: "cancelled", ends_at: "2026-04-01T12:00:00.000000Z" },
      }),
    ];
    await refuse();
    for (const event of events) expect((await deliver(event)).status).toBe(200);
    expect(await held()).toBe(events.length);

    // Still away: nothing is lost by trying.
    expect(await runDurableObjectAlarm(buffer())).toBe(true);
    expect(await held()).toBe(events.length);

    await recover();
    expect(await runDurableObjectAlarm(buffer())).toBe(true);
    expect(await held()).toBe(0);
    expect((await inbox()).map((row) => row.event_name)).toEqual(events.map(({ name }) => name));
    await env.DB.exec("UPDATE inbox SET next_at = 0");
    await exports.ForScheduler.run("sweep", newTrace());
    expect(new Set(await states())).toEqual(new Set(["applied"]));
    expect((await users.told()).at(-1)).toMatchObject({
      owner: { id: "ada" },
      status: "cancelled",
    });
  });

  it("others have their turn between two events that come back", async () => {
    const custom = { ref: await refFor("ada") };
    await refuse();
    for (let index = 0; index < 8; index += 1)
      await deliver(
        bought.subscription("subscription_updated", { custom, at: PURCHASE + index * SECOND }),
      );
    await recover();
    let turns = 0;
    const others = setInterval(() => (turns += 1), 0);
    await runDurableObjectAlarm(buffer());
    clearInterval(others);
    expect(await held()).toBe(0);
    // None at all without a pause; two pauses may fall into one turn of the clock.
    expect(turns).toBeGreaterThanOrEqual(4);
  });

  it("a repeat is held once, and known again when it comes after the recovery", async () => {
    const event = bought.order();
    await refuse();
    await Promise.all(Array.from({ length: 10 }, () => deliver(event)));
    expect(await held()).toBe(1);
    await recover();
    await deliver(event);
    await settled();
    expect(await exports.ForScheduler.run("sweep", newTrace())).toMatchObject({
      value: { held: 0 },
    });
    expect(await count("inbox")).toBe(1);
  });

  it("what is held survives the death of its object, and so does its alarm", async () => {
    await refuse();
    await deliver(bought.order());
    await evictDurableObject(buffer());
    expect(await held()).toBe(1);
    await recover();
    expect(await runDurableObjectAlarm(buffer())).toBe(true);
    expect(await count("inbox")).toBe(1);
  });
});

describe("a database that does not answer", () => {
  it("is not waited for: the event is held", async () => {
    const never = () => new Promise<never>(() => undefined);
    expect(await receiveWith({ db: { write: never } })).toMatchObject({ status: 200 });
    expect(await held()).toBe(1);
  });

  it("and took the event after all leaves one event", async () => {
    const { db } = billingOf(parts());
    const write: Database["write"] = async (statement) => {
      await db.write(statement);
      return away();
    };
    expect(await receiveWith({ db: { write } })).toMatchObject({ status: 200 });
    expect([await held(), await count("inbox")]).toEqual([1, 1]);
    await runDurableObjectAlarm(buffer());
    expect([await held(), await states()]).toEqual([0, ["received"]]);
  });
});

describe("an event is refused with 503 only when nobody can keep it:", () => {
  it.each([
    ["the buffer is full", () => Promise.resolve("full" as const)],
    ["the buffer is away", () => Promise.reject(new Error("away"))],
    ["the buffer does not answer", () => new Promise<never>(() => undefined)],
  ])("%s", async (_what, keep) => {
    const answer = await receiveWith({ db: { write: away }, buffer: { keep } });
    expect(answer).toMatchObject({ code: "unavailable" });
  });
});

describe("the buffer", () => {
  const delivery = async (suffix: number) => {
    const { config, trace } = parts();
    const body = utf8(purchase(suffix).order().body);
    const received = { body, source: "webhook", eventHeader: null } as const;
    return deliveryOf(received, config, trace, Date.now());
  };

  it("takes no more than it may hold, and again what was moved on", async () => {
    const one = await delivery(1);
    await runInDurableObject(buffer(), (instance: EventBuffer) => {
      instance.maxBytes = 2 * (one.body.byteLength + 1_000) + 500;
    });
    const keep = async (suffix: number) => buffer().keep(await delivery(suffix));
    expect([await keep(1), await keep(2), await keep(3)]).toEqual(["kept", "kept", "full"]);
    expect(await buffer().drain()).toEqual({ drained: 2, held: 0 });
    expect([await keep(3), await keep(4), await keep(5)]).toEqual(["kept", "kept", "full"]);
  });

  it("is not held up by a delivery that the database refuses for itself", async () => {
    const broken = { ...(await delivery(1)), trace: undefined as never };
    await buffer().keep(broken);
    await buffer().keep(await delivery(2));
    await buffer().drain();
    expect(await buffer().drain()).toEqual({ drained: 1, held: 1 });
    expect(await inbox()).toMatchObject([{ event_name: "order_created" }]);
  });
});
