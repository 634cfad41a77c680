import { auditRow } from "@luna/shared/audit";
import type { Database } from "@luna/shared/d1/database";
import { sql } from "@luna/shared/d1/sql";
import type { Contact, EmailChange, NewUser, SubscriptionState } from "@luna/shared/rpc/users";
import type { Trace } from "@luna/shared/trace";

import type { Grant, Subscription } from "./entitlement.ts";
import type { Plan } from "./subject-facts.ts";
import { grantsOf, subscriptionsOf } from "./user-row.ts";

/** Raised by hand after a database was restored, so that everything it tells counts as newer. */
const EPOCH = 0;

type PlanRow = {
  plan_seq: number;
  region: string | null;
  subscriptions: string;
  grants: string;
};

/** `2026-11`: usage is kept per UTC month. */
const periodOf = (now: number): string => new Date(now).toISOString().slice(0, 7);

/** What other services may write: auth creates users, billing sets subscriptions. */
export const serviceStore = (db: Database) => ({
  /** User and usage row exist together or not at all. A repeat changes nothing. */
  async create(user: NewUser, trace: Trace, now: number): Promise<void> {
    await db.batch([
      sql`
        INSERT INTO users (id, email, name, locale, region, created_at, updated_at)
        VALUES (${user.userId}, ${user.email}, ${user.name}, ${user.locale}, ${user.region},
                ${user.createdAt}, ${user.createdAt})
        ON CONFLICT (id) DO NOTHING`,
      auditRow(
        { actor: "service:auth", action: "user.created", subject: user.userId },
        trace,
        now,
        sql`changes() = 1`,
      ),
      sql`
        INSERT INTO usage_metrics (user_id, period, updated_at)
        VALUES (${user.userId}, ${periodOf(user.createdAt)}, ${user.createdAt})
        ON CONFLICT (user_id, period) DO NOTHING`,
    ]);
  },

  /** What the user's Subject must know of the plan, or `null` for a user who does not exist yet. */
  async plan(userId: string): Promise<{ plan: Plan; region: string | null } | null> {
    const row = await db.first<PlanRow>(sql`
      SELECT plan_seq, region, ${subscriptionsOf} AS subscriptions, ${grantsOf} AS grants
      FROM users WHERE id = ${userId}`);
    if (row === null) return null;
    const subscriptions = JSON.parse(row.subscriptions) as Subscription[];
    const grants = JSON.parse(row.grants) as Grant[];
    return { plan: { epoch: EPOCH, seq: row.plan_seq, subscriptions, grants }, region: row.region };
  },

  /** An unknown variant (`tier: null`) keeps the tier that was known: nobody loses what they paid for. */
  async applySubscription(state: SubscriptionState, trace: Trace, now: number): Promise<void> {
    await db.batch([
      sql`
        INSERT INTO subscriptions (provider, provider_id, owner_kind, owner_id, tier, status, pause,
                                   renews_at, ends_at, epoch, seq, updated_at)
        VALUES (${state.provider}, ${state.providerId}, ${state.owner.kind}, ${state.owner.id},
                ${state.tier}, ${state.status}, ${state.pause}, ${state.renewsAt}, ${state.endsAt},
                ${state.epoch}, ${state.seq}, ${now})
        ON CONFLICT (provider, provider_id) DO UPDATE SET
          owner_kind = excluded.owner_kind, owner_id = excluded.owner_id,
          tier = COALESCE(excluded.tier, tier), status = excluded.status, pause = excluded.pause,
          renews_at = excluded.renews_at, ends_at = excluded.ends_at,
          epoch = excluded.epoch, seq = excluded.seq, updated_at = excluded.updated_at
        WHERE (excluded.epoch, excluded.seq) > (epoch, seq)`,
      auditRow(
        {
          actor: "service:billing-webhook",
          action: "subscription.applied",
          subject: state.owner.id,
          detail: { providerId: state.providerId, tier: state.tier, status: state.status },
        },
        trace,
        now,
        sql`changes() = 1`,
      ),
      sql`UPDATE users SET plan_seq = plan_seq + 1
          WHERE id = ${state.owner.id} AND ${state.owner.kind === "user"} AND changes() = 1`,
    ]);
  },

  async changeEmail(change: EmailChange, trace: Trace, now: number): Promise<void> {
    const { userId, email, epoch, seq } = change;
    await db.batch([
      sql`
        UPDATE users SET email = ${email}, email_epoch = ${epoch}, email_seq = ${seq},
          updated_at = MAX(${now}, updated_at + 1)
        WHERE id = ${userId} AND (email_epoch, email_seq) < (${epoch}, ${seq})`,
      auditRow(
        { actor: "service:auth", action: "email.changed", subject: userId },
        trace,
        now,
        sql`changes() = 1`,
      ),
    ]);
  },

  contact: (userId: string): Promise<Contact | null> =>
    db.first<Contact & Record<string, unknown>>(
      sql`SELECT email, name, locale, timezone FROM users WHERE id = ${userId}`,
    ),

  optimize: () => db.write(sql`PRAGMA optimize`),

  /** Audit rows past their retention. */
  async deleteAuditBefore(time: number): Promise<number> {
    return (await db.write(sql`DELETE FROM audit WHERE at < ${time}`)).changes;
  },
});
