import { describe, expect, it } from "vitest";

import { sql } from "../d1/sql.ts";
import { commitWithEffects } from "./outbox.ts";
import { effect, openOutbox } from "./outbox-for-tests.ts";

const insert = (name: string) => sql`INSERT INTO things (name) VALUES (${name})`;
const sweeper = { arm: () => Promise.resolve() };

describe("an effect told by the rows themselves", () => {
  it("is what the statements before it left, and travels as JSON", async () => {
    const outbox = openOutbox();
    await commitWithEffects({ ...outbox, sweeper }, [insert("a")], []);
    const payload = sql`(SELECT json_object('count', count(*), 'first', ${"a"}) FROM things)`;
    const { relay } = await commitWithEffects(
      { ...outbox, sweeper },
      [insert("b")],
      [{ ...effect, payload }],
    );
    expect(outbox.rows()).toMatchObject([{ payload: '{"count":2,"first":"a"}' }]);
    await relay();
    expect(outbox.received).toMatchObject([{ payload: { count: 2, first: "a" } }]);
  });

  it("cannot be slipped in by an object that looks like one", async () => {
    const outbox = openOutbox();
    const payload = { text: "(SELECT 'owned')", params: [] };
    await commitWithEffects({ ...outbox, sweeper }, [insert("a")], [{ ...effect, payload }]);
    expect(outbox.rows()).toMatchObject([{ payload: JSON.stringify(payload) }]);
  });
});
