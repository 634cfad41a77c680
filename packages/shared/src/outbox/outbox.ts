import type { Database, Outcome } from "../d1/database.ts";
import { isSql, sql, type Sql } from "../d1/sql.ts";
import { within } from "../deadline.ts";
import { giveWay } from "../give-way.ts";
import { newId } from "../id.ts";
import type { Logger } from "../logger/logger.ts";
import { err, type Result } from "../rpc/result.ts";
import type { Trace } from "../trace.ts";

/** Something another service must do because of a change here. */
export interface Effect {
  /** What to do, from the owner's closed set: `mail.accept`. */
  effect: string;
  /** Makes the effect happen once however often it is delivered: `<kind>:<entity>:<version>`. */
  key: string;
  /**
   * JSON. Anything secret in it is sealed before it gets here. An `sql` expression of JSON tells the
   * rows as the statements before it left them, when only the database can know that.
   */
  payload: unknown;
}

/** Hands one effect to its receiver, who is idempotent by key. `refused` never succeeds later. */
export type Deliver = (
  effect: Effect,
  trace: Trace,
) => Promise<Result<null, "unavailable" | "refused">>;

/** The relay after a commit gets this long before the sweeper looks at the row. */
const FIRST_SWEEP_MS = 3_000;
/** 5 s doubling to 5 min: quick for a restart, quiet for an outage. */
const BACKOFF_BASE_MS = 5_000;
const BACKOFF_DOUBLINGS = 6;
/** After a day of failures a person has to look. */
const DEAD_AFTER_MS = 24 * 60 * 60 * 1_000;
/** Rows claimed at once: few enough to deliver within one lease. */
const CLAIM_ROWS = 20;
/** How long one sweep goes on while receivers take what they are offered. */
const SWEEP_BUDGET_MS = 10_000;
/** A receiver that takes longer counts as down: shorter than the first lease, so none runs out. */
const DELIVERY_MS = 4_000;

/**
 * Every database whose changes others must hear of has this table (rows live until delivered):
 *
 *     CREATE TABLE outbox (
 *       id TEXT PRIMARY KEY, effect TEXT NOT NULL, key TEXT NOT NULL UNIQUE, payload TEXT NOT NULL,
 *       trace TEXT NOT NULL, state TEXT NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'dead')),
 *       attempts INTEGER NOT NULL DEFAULT 0, next_at INTEGER NOT NULL, created_at INTEGER NOT NULL,
 *       error TEXT
 *     ) STRICT;
 *     CREATE INDEX outbox_due ON outbox (state, next_at);
 *
 * The row of one effect, for the batch that holds its cause; `when` is that cause's guard. */
export const outboxRow = (effect: Effect, trace: Trace, now: number, when = sql`TRUE`): Sql => sql`
  INSERT INTO outbox (id, effect, key, payload, trace, next_at, created_at)
  SELECT ${newId(now)}, ${effect.effect}, ${effect.key},
         ${isSql(effect.payload) ? effect.payload : JSON.stringify(effect.payload)},
         ${JSON.stringify(trace)}, ${now + FIRST_SWEEP_MS}, ${now}
  WHERE ${when}
  ON CONFLICT (key) DO NOTHING`;

type OutboxRow = {
  id: string;
  effect: string;
  key: string;
  payload: string;
  trace: string;
  created_at: number;
};

/**
 * The claim is its own lease: it moves `next_at` past the time a delivery may take. The plus keeps
 * SQLite from reading all that is pending, because `which` names the few rows that are meant.
 */
const claim = (which: Sql, now: number): Sql => sql`
  UPDATE outbox
  SET attempts = attempts + 1,
      next_at = ${now} + ${BACKOFF_BASE_MS} * (1 << MIN(attempts, ${BACKOFF_DOUBLINGS}))
  WHERE +state = 'pending' AND ${which}
  RETURNING id, effect, key, payload, trace, created_at`;

export interface Relay {
  db: Database;
  deliver: Deliver;
  log: Logger;
  clock: () => number;
}

const late = () => err("unavailable" as const, `no answer within ${DELIVERY_MS} ms`);

const deliverRow = async (relay: Relay, row: OutboxRow): Promise<boolean> => {
  const effect = { effect: row.effect, key: row.key, payload: JSON.parse(row.payload) as unknown };
  const trace = JSON.parse(row.trace) as Trace;
  let failure: string;
  let dead = false;
  try {
    const result = await within(DELIVERY_MS, relay.deliver(effect, trace), late);
    if (result.ok) {
      await relay.db.write(sql`DELETE FROM outbox WHERE id = ${row.id}`);
      return true;
    }
    failure = `${result.code} ${result.detail}`.trim();
    dead = result.code === "refused";
  } catch (error) {
    // The receiver's Worker is down or broken; to us both are an outage that ends.
    failure = error instanceof Error ? error.message : "unreachable";
  }
  dead ||= relay.clock() - row.created_at >= DEAD_AFTER_MS;
  const state = dead ? "dead" : "pending";
  await relay.db.write(
    sql`UPDATE outbox SET state = ${state}, error = ${failure.slice(0, 500)} WHERE id = ${row.id}`,
  );
  const fields = { effect: row.effect, effectId: row.id, requestId: trace.requestId, failure };
  if (dead) relay.log.error("effect is dead", fields);
  else relay.log.warn("effect not delivered yet", fields);
  return false;
};

const relayClaimed = async (
  relay: Relay,
  which: Sql,
): Promise<{ claimed: number; delivered: number }> => {
  const { rows } = await relay.db.write<OutboxRow>(claim(which, relay.clock()));
  const delivered = await Promise.all(rows.map((row) => deliverRow(relay, row)));
  return { claimed: rows.length, delivered: delivered.filter(Boolean).length };
};

/** Delivers these effects now unless another relay has begun; what fails stays for the sweeper. */
export const relayKeys = async (relay: Relay, keys: readonly string[]): Promise<number> => {
  if (keys.length === 0) return 0;
  const named = sql`key IN (SELECT value FROM json_each(${JSON.stringify(keys)}))`;
  return (await relayClaimed(relay, sql`attempts = 0 AND ${named}`)).delivered;
};

/**
 * Delivers the effects that are due, oldest first, page by page as long as anybody takes any. Tells
 * whether any effect still waits for its time.
 */
export const relayDue = async (relay: Relay): Promise<{ delivered: number; waiting: boolean }> => {
  const until = relay.clock() + SWEEP_BUDGET_MS;
  let delivered = 0;
  for (;;) {
    const page = await relayClaimed(
      relay,
      sql`id IN (SELECT id FROM outbox WHERE state = 'pending' AND next_at <= ${relay.clock()}
                 ORDER BY next_at LIMIT ${CLAIM_ROWS})`,
    );
    delivered += page.delivered;
    const goesOn = page.claimed === CLAIM_ROWS && page.delivered > 0 && relay.clock() < until;
    if (!goesOn) break;
    await giveWay();
  }
  const left = await relay.db.first(sql`SELECT 1 FROM outbox WHERE state = 'pending' LIMIT 1`);
  return { delivered, waiting: left !== null };
};

/** Arms the alarm that finishes what a crash interrupts; see `sweeper.ts`. */
export interface Armed {
  arm(): Promise<void>;
}

/**
 * The one way to change something that others must hear of: the alarm is armed first, the change
 * and its effects are one transaction, and the effects go out as soon as it has committed.
 */
export const commitWithEffects = async (
  { relay, sweeper, trace }: { relay: Relay; sweeper: Armed; trace: Trace },
  statements: readonly Sql[],
  effects: readonly (Effect & { when?: Sql })[],
): Promise<{ outcomes: Outcome[]; relay: () => Promise<number> }> => {
  const now = relay.clock();
  if (effects.length > 0) await sweeper.arm();
  const rows = effects.map(({ when, ...effect }) => outboxRow(effect, trace, now, when));
  const outcomes = await relay.db.batch([...statements, ...rows]);
  return {
    outcomes: outcomes.slice(0, statements.length),
    relay: async () => {
      try {
        return await relayKeys(
          relay,
          effects.map((effect) => effect.key),
        );
      } catch (error) {
        // The change is committed: an outage from here on must not turn its answer into a failure.
        relay.log.warn("effects left to the sweeper", { error });
        return 0;
      }
    },
  };
};
