import { describe, expect, it } from "vitest";

import { sql } from "../d1/sql.ts";
import { err } from "../rpc/result.ts";
import { commitWithEffects, outboxRow, relayDue } from "./outbox.ts";
import { effect, openOutbox, START, type TestOutbox } from "./outbox-for-tests.ts";

const insert = (name: string) => sql`INSERT INTO things (name) VALUES (${name})`;

/** A sweeper that writes what it saw of the database at the moment it was armed. */
const sweeperOf = (outbox: TestOutbox) => {
  const seen: number[] = [];
  const arm = () => {
    seen.push(outbox.statements.length);
    return Promise.resolve();
  };
  return { seen, sweeper: { arm } };
};

describe("a commit with effects", () => {
  it("arms the sweeper before it touches the database", async () => {
    const outbox = openOutbox();
    const { seen, sweeper } = sweeperOf(outbox);
    await commitWithEffects({ ...outbox, sweeper }, [insert("a")], [effect]);
    expect([seen, outbox.things(), outbox.rows().length]).toEqual([[0], [{ name: "a" }], 1]);
  });

  it("commits nothing when the sweeper cannot be armed", async () => {
    const outbox = openOutbox();
    const sweeper = { arm: () => Promise.reject(new Error("no Durable Object")) };
    const commit = commitWithEffects({ ...outbox, sweeper }, [insert("a")], [effect]);
    await expect(commit).rejects.toThrow("no Durable Object");
    expect([outbox.statements, outbox.things(), outbox.rows()]).toEqual([[], [], []]);
  });

  it("waits until the sweeper is armed", async () => {
    const outbox = openOutbox();
    const { promise, resolve } = Promise.withResolvers<void>();
    const work = commitWithEffects(
      { ...outbox, sweeper: { arm: () => promise } },
      [insert("a")],
      [effect],
    );
    await new Promise((done) => setImmediate(done));
    expect(outbox.statements).toEqual([]);
    resolve();
    await work;
    expect(outbox.rows()).toHaveLength(1);
  });

  it("arms nothing when there is no effect", async () => {
    const outbox = openOutbox();
    const { seen, sweeper } = sweeperOf(outbox);
    const { relay } = await commitWithEffects({ ...outbox, sweeper }, [insert("a")], []);
    expect([seen, await relay(), outbox.things()]).toEqual([[], 0, [{ name: "a" }]]);
  });

  it("keeps no effect of a change that was refused, and no change of an effect that was", async () => {
    const outbox = openOutbox();
    const { sweeper } = sweeperOf(outbox);
    const twice = commitWithEffects({ ...outbox, sweeper }, [insert("a"), insert("a")], [effect]);
    await expect(twice).rejects.toThrow("D1 call failed");
    const broken = { ...effect, when: sql`nothing_like_it` };
    const badly = commitWithEffects({ ...outbox, sweeper }, [insert("b")], [broken]);
    await expect(badly).rejects.toThrow("D1 call failed");
    expect([outbox.things(), outbox.rows()]).toEqual([[], []]);
  });

  it("gives the outcomes of its own statements only", async () => {
    const outbox = openOutbox();
    const { sweeper } = sweeperOf(outbox);
    const statements = [insert("a"), sql`SELECT name FROM things`];
    const { outcomes } = await commitWithEffects({ ...outbox, sweeper }, statements, [effect]);
    expect(outcomes).toMatchObject([{ changes: 1 }, { rows: [{ name: "a" }] }]);
    expect(outcomes).toHaveLength(2);
  });

  it("delivers nothing before it is asked to, and then each effect once", async () => {
    const outbox = openOutbox();
    const { sweeper } = sweeperOf(outbox);
    const second = { ...effect, key: "verify:a2:1" };
    const { relay } = await commitWithEffects({ ...outbox, sweeper }, [], [effect, second]);
    expect(outbox.received).toEqual([]);
    expect(await relay()).toBe(2);
    expect(outbox.received).toEqual([effect, second]);
    expect(outbox.rows()).toEqual([]);
  });

  it("does not fail because a receiver or the database does afterwards", async () => {
    const outbox = openOutbox();
    const { sweeper } = sweeperOf(outbox);
    outbox.state.deliver = () => Promise.resolve(err("unavailable"));
    const { relay } = await commitWithEffects({ ...outbox, sweeper }, [], [effect]);
    expect(await relay()).toBe(0);
    outbox.sqlite.close();
    expect(await relay()).toBe(0);
  });
});

describe("the guard of an effect", () => {
  it.each([
    ["holds", "a", 1],
    ["fails", "b", 0],
  ])("that %s decides about its row", async (_name, name, count) => {
    const outbox = openOutbox();
    const when = sql`EXISTS (SELECT 1 FROM things WHERE name = ${name})`;
    const { sweeper } = sweeperOf(outbox);
    const { relay } = await commitWithEffects(
      { ...outbox, sweeper },
      [insert("a")],
      [{ ...effect, when }],
    );
    expect(outbox.rows()).toHaveLength(count);
    expect(await relay()).toBe(count);
    expect(outbox.received).toHaveLength(count);
  });
});

describe("an effect with a key that is known", () => {
  it("stays the one row it was", async () => {
    const { relay, rows, trace } = openOutbox();
    const other = { ...effect, payload: { to: "somebody else" } };
    await relay.db.batch([outboxRow(effect, trace, START), outboxRow(other, trace, START + 1)]);
    expect(rows()).toMatchObject([
      { key: effect.key, payload: '{"to":"sealed"}', created_at: START },
    ]);
  });

  it("is delivered once though two commits bring it", async () => {
    const outbox = openOutbox();
    const { sweeper } = sweeperOf(outbox);
    const commits = [1, 2].map(() => commitWithEffects({ ...outbox, sweeper }, [], [effect]));
    const [first, second] = await Promise.all(commits);
    expect([await first?.relay(), await second?.relay()]).toEqual([1, 0]);
    expect(await relayDue(outbox.relay)).toEqual({ delivered: 0, waiting: false });
    expect(outbox.received).toHaveLength(1);
  });
});
