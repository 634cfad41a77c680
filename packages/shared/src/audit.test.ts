import { describe, expect, it } from "vitest";

import { auditRow } from "./audit.ts";
import { sql } from "./d1/sql.ts";
import { openOutbox, START } from "./outbox/outbox-for-tests.ts";

const entry = { actor: "00u", action: "session.revoked", subject: "00s" };

describe("an audit row", () => {
  it("says who did what to whom, when and in which request", async () => {
    const { relay, sqlite, trace } = openOutbox();
    await relay.db.write(auditRow({ ...entry, detail: { reason: "sign-out" } }, trace, START));
    expect(sqlite.prepare("SELECT * FROM audit").all()).toEqual([
      {
        id: expect.stringMatching(/^00\w{26}$/),
        at: START,
        ...entry,
        detail: '{"reason":"sign-out"}',
        request_id: trace.requestId,
      },
    ]);
  });

  it.each([
    ["holds", sql`${1} = 1`, 1],
    ["fails", sql`${1} = 2`, 0],
  ])("exists only where the guard of its change %s", async (_name, when, count) => {
    const { relay, sqlite, trace } = openOutbox();
    await relay.db.write(auditRow(entry, trace, START, when));
    expect(sqlite.prepare("SELECT * FROM audit").all()).toHaveLength(count);
  });

  it("is undone with the change it stands beside", async () => {
    const { relay, sqlite, trace } = openOutbox();
    const change = sql`INSERT INTO things (name) VALUES (${"a"}), (${"a"})`;
    await expect(relay.db.batch([auditRow(entry, trace, START), change])).rejects.toThrow(
      "D1 call failed",
    );
    expect(sqlite.prepare("SELECT * FROM audit").all()).toEqual([]);
  });
});
