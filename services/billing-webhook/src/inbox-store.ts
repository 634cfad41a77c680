import { toHex } from "@luna/shared/bytes";
import type { Database } from "@luna/shared/d1/database";
import { sql, type Sql } from "@luna/shared/d1/sql";
import type { Trace } from "@luna/shared/trace";

import type { Event } from "./told.ts";
import { openBody, SEALED_COLUMNS, sealBody, type SealedRow } from "./seal-body.ts";

export const INBOX_STATES = ["received", "applied", "stale", "parked", "unlinked", "dead"] as const;
export type InboxState = (typeof INBOX_STATES)[number];

/** A delivery on its way into the inbox. */
export interface Delivery {
  id: string;
  /** What the provider sent by itself, or what its API answered when we asked. */
  source: "webhook" | "api";
  dedupeKey: string;
  bodySha256: string;
  body: Uint8Array<ArrayBuffer>;
  eventName: string;
  objectType: string | null;
  objectId: string | null;
  subscriptionId: string | null;
  orderId: string | null;
  customerId: string | null;
  clock: string | null;
  receivedAt: number;
  /** Why it waits for a person; `null` to have it applied. */
  parked: string | null;
  trace: Trace;
}

/** A delivery somebody is applying. `attempt` counts the claims, so no two workers share one. */
export interface Claimed {
  id: string;
  attempt: number;
  source: Delivery["source"];
  eventName: string;
  /** `null` once it was forgotten. */
  body: Uint8Array | null;
  trace: Trace;
}

/** Intake's own attempt gets this long before the sweeper looks at the row. */
const FIRST_SWEEP_MS = 3_000;
/** 5 s doubling to 5 min, as in the outbox. */
const BACKOFF_BASE_MS = 5_000;
const BACKOFF_DOUBLINGS = 6;
/** About a day of attempts; then a person has to look. */
const MAX_ATTEMPTS = 288;
/** Rows claimed at once: few enough to apply within one lease. */
export const CLAIM_ROWS = 20;

type ClaimedRow = SealedRow & {
  attempts: number;
  source: Delivery["source"];
  event_name: string;
  trace: string;
};

const claimedOf = async (row: ClaimedRow): Promise<Claimed> => ({
  id: row.id,
  attempt: row.attempts,
  source: row.source,
  eventName: row.event_name,
  body: await openBody(row),
  trace: JSON.parse(row.trace) as Trace,
});

const REASON_LENGTH = 200;

export const inboxStore = (db: Database) => {
  const claim = async (which: Sql, now: number): Promise<Claimed[]> => {
    const { rows } = await db.write<ClaimedRow>(sql`
      UPDATE inbox
      SET attempts = attempts + 1,
          next_at = ${now} + ${BACKOFF_BASE_MS} * (1 << MIN(attempts, ${BACKOFF_DOUBLINGS}))
      WHERE state = 'received' AND ${which}
      RETURNING ${SEALED_COLUMNS}, attempts, source, event_name, trace`);
    return (await Promise.all(rows.map(claimedOf))).sort((a, b) => (a.id < b.id ? -1 : 1));
  };

  return {
    /**
     * Keeps a delivery and tells in which state; `null` for one that is already kept. An event id
     * that comes back with other bytes is kept beside the first and left to a person.
     */
    async file(delivery: Delivery): Promise<InboxState | null> {
      const { body, key } = await sealBody(delivery.id, delivery.body);
      const twin = sql`EXISTS (SELECT 1 FROM inbox WHERE dedupe_key = ${delivery.dedupeKey})`;
      const { rows } = await db.write<{ state: InboxState }>(sql`
        INSERT INTO inbox (id, source, dedupe_key, body_sha256, body, body_key, sealed,
                           event_name, object_type, object_id, subscription_id, order_id, customer_id, clock, received_at,
                           next_at, trace, state, reason)
        SELECT ${delivery.id}, ${delivery.source}, ${delivery.dedupeKey}, ${delivery.bodySha256},
               unhex(${toHex(body)}), unhex(${toHex(key)}), 1, ${delivery.eventName}, ${delivery.objectType},
               ${delivery.objectId}, ${delivery.subscriptionId}, ${delivery.orderId},
               ${delivery.customerId}, ${delivery.clock}, ${delivery.receivedAt}, ${delivery.receivedAt + FIRST_SWEEP_MS},
               ${JSON.stringify(delivery.trace)},
               CASE WHEN ${delivery.parked !== null} OR ${twin} THEN 'parked' ELSE 'received' END,
               CASE WHEN ${twin} THEN 'conflicting_repeat' ELSE ${delivery.parked} END
        WHERE TRUE
        ON CONFLICT (dedupe_key, body_sha256) DO NOTHING
        RETURNING state`);
      return rows[0]?.state ?? null;
    },

    /** One delivery that nobody has tried yet. */
    claimFresh: (id: string, now: number): Promise<Claimed[]> =>
      claim(sql`id = ${id} AND attempts = 0`, now),

    /**
     * Deliveries that nobody has tried yet, oldest first. Left to itself SQLite would read and sort
     * everything that is received for every claim.
     */
    claimArrived: (now: number, limit = CLAIM_ROWS): Promise<Claimed[]> =>
      claim(
        sql`id IN (SELECT id FROM inbox INDEXED BY inbox_arrived
                   WHERE state = 'received' AND attempts = 0
                   ORDER BY next_at LIMIT ${limit})`,
        now,
      ),

    /** Deliveries whose time has come, oldest first. */
    claimDue: (now: number, limit = CLAIM_ROWS): Promise<Claimed[]> =>
      claim(
        sql`id IN (SELECT id FROM inbox INDEXED BY inbox_due
                   WHERE state = 'received' AND next_at <= ${now}
                   ORDER BY next_at LIMIT ${limit})`,
        now,
      ),

    async isWaiting(): Promise<boolean> {
      const row = await db.first(sql`SELECT 1 FROM inbox WHERE state = 'received' LIMIT 1`);
      return row !== null;
    },

    /** What an event says in our words, which stays when its bytes are forgotten. */
    remember: ({ id }: Claimed, event: Event): Sql => sql`
      UPDATE inbox SET told = ${JSON.stringify(event)} WHERE id = ${id} AND told IS NULL`,

    /** Done without a change: nothing in it is for our tables, or a person has to look. */
    conclude: (claimed: Claimed, state: "applied" | "parked", reason: string, now: number) =>
      db.write(sql`
        UPDATE inbox SET state = ${state}, reason = ${reason}, settled_at = ${now}
        WHERE id = ${claimed.id} AND state = 'received'`),

    /** Notes a failed attempt; the row stays due, or is dead after the last one. */
    async fail(claimed: Claimed, reason: string, now: number): Promise<InboxState> {
      const state = claimed.attempt >= MAX_ATTEMPTS ? "dead" : "received";
      await db.write(sql`
        UPDATE inbox SET state = ${state}, reason = ${reason.slice(0, REASON_LENGTH)},
                         settled_at = ${state === "dead" ? now : null}
        WHERE id = ${claimed.id} AND state = 'received'`);
      return state;
    },
  };
};
