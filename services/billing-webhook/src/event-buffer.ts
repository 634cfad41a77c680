import { newTrace } from "@luna/shared/trace";
import { sql } from "@luna/shared/d1/sql";
import type { Database } from "@luna/shared/d1/database";
import { giveWay } from "@luna/shared/give-way";
import { DurableObject } from "cloudflare:workers";

import { billingOf } from "./billing.ts";
import type { Env } from "./env.ts";
import { inboxStore, type Delivery } from "./inbox-store.ts";
import { service } from "./service.ts";

/** What intake hands over when the database does not take it. */
export interface Buffer {
  /** `full` keeps nothing: then only the provider's own repeats are left. */
  keep(delivery: Delivery): Promise<"kept" | "full">;
  /** Moves what is held to the inbox; how many are left. */
  drain(): Promise<{ drained: number; held: number }>;
}

/**
 * A tenth of what one object may store, and about 300,000 deliveries: at a hundred a second the better
 * part of an hour, at a shop's usual pace months.
 */
const MAX_BYTES = 1_000_000_000;
/** What a row costs beside its body: its columns, keys and pages. */
const ROW_BYTES = 1_000;
/** A database that is away is asked again this often. */
const RETRY_MS = 5_000;
/** One alarm moves for so long, then the next one goes on. */
const DRAIN_BUDGET_MS = 20_000;

type HeldRow = { seq: number; delivery: string; body: ArrayBuffer };

const answers = (db: Database): Promise<boolean> =>
  db.first(sql`SELECT 1`).then(
    () => true,
    () => false,
  );

/**
 * Holds deliveries while D1 does not take them. The provider repeats for about 155 s and then forgets
 * an event for good, and an outage may be longer; this object's storage is another machine's.
 */
export class EventBuffer extends DurableObject<Env> implements Buffer {
  /** A test fills less. */
  maxBytes = MAX_BYTES;
  readonly #sql = this.ctx.storage.sql;
  #bytes: number;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#sql.exec(`
      CREATE TABLE IF NOT EXISTS held (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        key TEXT NOT NULL UNIQUE,
        delivery TEXT NOT NULL,
        body BLOB NOT NULL,
        attempts INTEGER NOT NULL DEFAULT 0
      ) STRICT;
      CREATE INDEX IF NOT EXISTS held_order ON held (attempts, seq)`);
    const { bytes } = this.#sql
      .exec<{ bytes: number }>(
        "SELECT COALESCE(SUM(LENGTH(body) + ?), 0) AS bytes FROM held",
        ROW_BYTES,
      )
      .one();
    this.#bytes = bytes;
  }

  async keep({ body, ...delivery }: Delivery): Promise<"kept" | "full"> {
    const size = body.byteLength + ROW_BYTES;
    if (this.#bytes + size > this.maxBytes) return "full";
    const { rowsWritten } = this.#sql.exec(
      `INSERT INTO held (key, delivery, body) VALUES (?, ?, ?) ON CONFLICT (key) DO NOTHING`,
      `${delivery.dedupeKey} ${delivery.bodySha256}`,
      JSON.stringify(delivery),
      body.slice().buffer,
    );
    if (rowsWritten > 0) this.#bytes += size;
    // The answer leaves only when row and alarm are on disk.
    if ((await this.ctx.storage.getAlarm()) === null)
      await this.ctx.storage.setAlarm(Date.now() + RETRY_MS);
    return "kept";
  }

  async drain(): Promise<{ drained: number; held: number }> {
    const parts = service.open(this.env, this.ctx, newTrace());
    const drained = parts === null || this.#held() === 0 ? 0 : await this.#move(parts);
    return { drained, held: this.#held() };
  }

  override async alarm(): Promise<void> {
    let held = 1;
    try {
      ({ held } = await this.drain());
    } finally {
      // Never rely on the runtime's own retries: there are only six.
      if (held > 0) await this.ctx.storage.setAlarm(Date.now() + RETRY_MS);
    }
  }

  #held(): number {
    return this.#sql.exec<{ n: number }>("SELECT COUNT(*) AS n FROM held").one().n;
  }

  /** Oldest first; one that the database refuses for itself does not hold up the others. */
  #next(): HeldRow | undefined {
    return this.#sql
      .exec<HeldRow>("SELECT seq, delivery, body FROM held ORDER BY attempts, seq LIMIT 1")
      .toArray()[0];
  }

  /** The scheduler's drain may run beside the alarm's: a row is counted by whoever deletes it. */
  #drop({ seq, body }: HeldRow): void {
    const { rowsWritten } = this.#sql.exec("DELETE FROM held WHERE seq = ?", seq);
    if (rowsWritten > 0) this.#bytes -= body.byteLength + ROW_BYTES;
  }

  async #move(parts: Parameters<typeof billingOf>[0]): Promise<number> {
    const { db, log, sweeper, clock } = billingOf(parts);
    const until = clock() + DRAIN_BUDGET_MS;
    let drained = 0;
    for (let row = this.#next(); row !== undefined && clock() < until; row = this.#next()) {
      const body = new Uint8Array(row.body);
      const delivery = { ...(JSON.parse(row.delivery) as Omit<Delivery, "body">), body };
      try {
        await sweeper.arm();
        // A delivery that D1 took after all, too late for its request, is in the inbox already.
        await inboxStore(db).file(delivery);
      } catch (error) {
        log.warn("delivery still held", { eventId: delivery.id, error });
        if (await answers(db))
          this.#sql.exec("UPDATE held SET attempts = attempts + 1 WHERE seq = ?", row.seq);
        break;
      }
      this.#drop(row);
      drained += 1;
      await giveWay();
    }
    if (drained > 0) log.info("held deliveries filed", { drained });
    return drained;
  }
}
