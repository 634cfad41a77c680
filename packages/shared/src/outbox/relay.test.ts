import { afterEach, describe, expect, it, vi } from "vitest";

import { err, ok } from "../rpc/result.ts";
import { outboxRow, relayDue, relayKeys } from "./outbox.ts";
import { effect, HOUR, openOutbox, SECOND, START } from "./outbox-for-tests.ts";

const down = () => Promise.resolve(err("unavailable" as const, "down"));

/** An outbox that holds one effect. */
const withEffect = async () => {
  const outbox = openOutbox();
  await outbox.relay.db.write(outboxRow(effect, outbox.trace, START));
  return outbox;
};

describe("the relay", () => {
  it("delivers an effect with its trace and forgets it", async () => {
    const { relay, state, received, rows, trace } = await withEffect();
    const traces: unknown[] = [];
    state.deliver = (_effect, given) => {
      traces.push(given);
      return Promise.resolve(ok(null));
    };
    state.now += 3 * SECOND;
    expect(await relayDue(relay)).toEqual({ delivered: 1, waiting: false });
    expect([received, traces, rows()]).toEqual([[effect], [trace], []]);
  });

  it("leaves an effect three seconds to the relay of its own commit", async () => {
    const { relay, state } = await withEffect();
    state.now += 3 * SECOND - 1;
    expect(await relayDue(relay)).toEqual({ delivered: 0, waiting: true });
    state.now += 1;
    expect(await relayDue(relay)).toEqual({ delivered: 1, waiting: false });
  });

  it("tries again after 5 s, doubling to 320 s, and never gives the row up meanwhile", async () => {
    const { relay, state, rows } = await withEffect();
    state.deliver = down;
    const waits: number[] = [];
    for (let attempt = 0; attempt < 9; attempt += 1) {
      state.now = Number(rows()[0]?.["next_at"]);
      expect(await relayDue(relay)).toEqual({ delivered: 0, waiting: true });
      waits.push((Number(rows()[0]?.["next_at"]) - state.now) / SECOND);
    }
    expect(waits).toEqual([5, 10, 20, 40, 80, 160, 320, 320, 320]);
    expect(rows()).toMatchObject([{ state: "pending", attempts: 9, error: "unavailable down" }]);
  });

  it("does not try before the time of the next attempt", async () => {
    const { relay, state, received, rows } = await withEffect();
    state.deliver = down;
    state.now += 3 * SECOND;
    await relayDue(relay);
    state.now = Number(rows()[0]?.["next_at"]) - 1;
    await relayDue(relay);
    expect(received).toHaveLength(1);
  });

  it("takes a receiver that throws for one that is down", async () => {
    const { relay, state, rows, lines } = await withEffect();
    state.deliver = () => Promise.reject(new Error("Worker crashed"));
    state.now += 3 * SECOND;
    expect(await relayDue(relay)).toEqual({ delivered: 0, waiting: true });
    expect(rows()).toMatchObject([{ state: "pending", error: "Worker crashed" }]);
    expect(lines.join()).toContain("effect not delivered yet");
  });

  it("is not stopped by one effect that fails", async () => {
    const { relay, state, rows, trace } = await withEffect();
    await relay.db.write(outboxRow({ ...effect, key: "good" }, trace, START));
    state.deliver = ({ key }) => (key === "good" ? Promise.resolve(ok(null)) : down());
    state.now += 3 * SECOND;
    expect(await relayDue(relay)).toEqual({ delivered: 1, waiting: true });
    expect(rows()).toMatchObject([{ key: effect.key }]);
  });
});

describe("a dead effect", () => {
  it("is one that its receiver refused, at once", async () => {
    const { relay, state, rows, lines, received } = await withEffect();
    state.deliver = () => Promise.resolve(err("refused", "no such account"));
    state.now += 3 * SECOND;
    expect(await relayDue(relay)).toEqual({ delivered: 0, waiting: false });
    expect(rows()).toMatchObject([{ state: "dead", error: "refused no such account" }]);
    expect(JSON.parse(lines.at(-1) ?? "")).toMatchObject({ level: "error", effect: "mail.accept" });
    state.now += 48 * HOUR;
    await relayDue(relay);
    expect(received).toHaveLength(1);
  });

  it.each([
    ["a millisecond before a day is over", 24 * HOUR - 1, "pending"],
    ["when a day is over", 24 * HOUR, "dead"],
  ])("is one that still fails: %s", async (_name, age, expected) => {
    const { relay, state, rows } = await withEffect();
    state.deliver = down;
    state.now = START + age;
    await relayDue(relay);
    expect(rows()).toMatchObject([{ state: expected }]);
  });

  it("is delivered all the same when it succeeds after a day", async () => {
    const { relay, state, rows } = await withEffect();
    state.now = START + 25 * HOUR;
    expect(await relayDue(relay)).toEqual({ delivered: 1, waiting: false });
    expect(rows()).toEqual([]);
  });

  it("is not delivered by the relay of a later commit", async () => {
    const { relay, sqlite, received } = await withEffect();
    sqlite.exec("UPDATE outbox SET state = 'dead'");
    expect([await relayKeys(relay, [effect.key]), received]).toEqual([0, []]);
  });

  it("does not hold up its neighbours", async () => {
    const { relay, sqlite, trace, state, received } = await withEffect();
    sqlite.exec("UPDATE outbox SET state = 'dead'");
    await relay.db.write(outboxRow({ ...effect, key: "next" }, trace, START));
    state.now += 3 * SECOND;
    expect(await relayDue(relay)).toEqual({ delivered: 1, waiting: false });
    expect(received).toMatchObject([{ key: "next" }]);
  });
});

describe("relays that run at once", () => {
  it("deliver an effect once between them", async () => {
    const { relay, state, received } = await withEffect();
    state.now += 3 * SECOND;
    const all = await Promise.all([
      relayDue(relay),
      relayDue(relay),
      relayKeys(relay, [effect.key]),
    ]);
    expect(received).toHaveLength(1);
    expect(all[0].delivered + all[1].delivered + all[2]).toBe(1);
  });

  it("deliver an effect once when the commit's own relay comes late", async () => {
    const { relay, state, received } = await withEffect();
    state.now += 3 * SECOND;
    const { promise, resolve } = Promise.withResolvers<void>();
    state.deliver = () => promise.then(() => ok(null));
    const sweep = relayDue(relay);
    expect(await relayKeys(relay, [effect.key])).toBe(0);
    resolve();
    expect((await sweep).delivered).toBe(1);
    expect(received).toHaveLength(1);
  });
});

describe("many effects that are due", () => {
  const KEYS = Array.from({ length: 45 }, (_, at) => `key:${at}`);
  const backlog = async () => {
    const outbox = openOutbox();
    const { relay, state, trace } = outbox;
    await relay.db.batch(KEYS.map((key, at) => outboxRow({ ...effect, key }, trace, START + at)));
    state.now += HOUR;
    return outbox;
  };

  it("go out in one sweep, at most twenty at once, the oldest first", async () => {
    const { relay, state, received } = await backlog();
    let [open, most] = [0, 0];
    state.deliver = async () => {
      most = Math.max(most, (open += 1));
      await Promise.resolve();
      open -= 1;
      return ok(null);
    };
    expect(await relayDue(relay)).toEqual({ delivered: 45, waiting: false });
    expect(most).toBe(20);
    expect(
      received
        .slice(0, 20)
        .map(({ key }) => key)
        .toSorted(),
    ).toEqual(KEYS.slice(0, 20).toSorted());
  });

  it("let others have their turn between two pages", async () => {
    const { relay, state, received } = await backlog();
    const turns: number[] = [];
    setTimeout(() => turns.push(received.length), 0);
    state.deliver = () => Promise.resolve(ok(null));
    await relayDue(relay);
    expect(turns).toEqual([20]);
  });

  it("are left for later when nobody takes any of a page", async () => {
    const { relay, state, received } = await backlog();
    state.deliver = () => Promise.resolve(err("unavailable"));
    expect(await relayDue(relay)).toEqual({ delivered: 0, waiting: true });
    expect(received).toHaveLength(20);
  });

  it("are left for the next sweep when this one has lasted long enough", async () => {
    const { relay, state, received } = await backlog();
    state.deliver = () => {
      state.now += SECOND;
      return Promise.resolve(ok(null));
    };
    expect(await relayDue(relay)).toEqual({ delivered: 20, waiting: true });
    expect(received).toHaveLength(20);
  });
});

describe("a receiver that does not answer", () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it("is given up before the lease of its effect runs out", async () => {
    const { relay, state, rows } = await withEffect();
    vi.useFakeTimers();
    state.deliver = () => new Promise(() => {});
    state.now += 3 * SECOND;
    const sweep = relayDue(relay);
    await vi.advanceTimersByTimeAsync(4_999);
    expect(await sweep).toEqual({ delivered: 0, waiting: true });
    expect(rows()).toMatchObject([{ state: "pending", next_at: state.now + 5 * SECOND }]);
  });

  it("finds the rows it means without reading all that wait", async () => {
    const { relay, sqlite, statements } = await withEffect();
    await relayKeys(relay, [effect.key]);
    await relayDue(relay);
    const claims = statements.filter((text) => text.startsWith("UPDATE outbox SET attempts"));
    const plans = claims.map((text) => sqlite.prepare(`EXPLAIN QUERY PLAN ${text}`).all());
    expect(plans).toHaveLength(2);
    for (const plan of plans)
      expect(plan.map(({ detail }) => detail)).not.toContainEqual(
        expect.stringMatching(/\(state=\?\)$|^SCAN outbox/),
      );
  });
});
