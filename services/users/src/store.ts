import { auditRow } from "@luna/shared/audit";
import type { Database } from "@luna/shared/d1/database";
import { sql } from "@luna/shared/d1/sql";
import type { UserCaller } from "@luna/shared/rpc/caller";
import type { Contact, EmailChange, NewUser, SubscriptionState } from "@luna/shared/rpc/users";
import type { Trace } from "@luna/shared/trace";

import type { Grant, Subscription } from "./entitlement.ts";
import type { ProfileChange } from "./profile.ts";
import type { Plan } from "./subject-facts.ts";

export interface User {
  id: string;
  email: string;
  name: string;
  avatarUrl: string | null;
  locale: string;
  timezone: string;
  createdAt: number;
  updatedAt: number;
  subscriptions: Subscription[];
  grants: Grant[];
}

type UserRow = {
  id: string;
  email: string;
  name: string;
  avatar_url: string | null;
  locale: string;
  timezone: string;
  created_at: number;
  updated_at: number;
  subscriptions: string;
  grants: string;
};

/** Raised by hand after a database was restored, so that everything it tells counts as newer. */
const EPOCH = 0;

const subscriptionsOf = sql`
  (SELECT json_group_array(json_object('tier', tier, 'status', status, 'pause', pause,
                                       'renewsAt', renews_at, 'endsAt', ends_at))
   FROM subscriptions WHERE owner_kind = 'user' AND owner_id = users.id)`;

const grantsOf = sql`
  (SELECT json_group_array(json_object('tier', tier, 'until', until))
   FROM grants WHERE user_id = users.id)`;

/** The user and what its plan is made of in one statement: one round trip, one consistent moment. */
const selectUser = (userId: string) => sql`
  SELECT id, email, name, avatar_url, locale, timezone, created_at, updated_at,
    ${subscriptionsOf} AS subscriptions, ${grantsOf} AS grants
  FROM users WHERE id = ${userId}`;

type PlanRow = {
  plan_seq: number;
  region: string | null;
  subscriptions: string;
  grants: string;
};

const userOf = (row: UserRow): User => ({
  id: row.id,
  email: row.email,
  name: row.name,
  avatarUrl: row.avatar_url,
  locale: row.locale,
  timezone: row.timezone,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
  subscriptions: JSON.parse(row.subscriptions) as Subscription[],
  grants: JSON.parse(row.grants) as Grant[],
});

/** What a signed-in user may reach: its own row, because every statement names its id. */
export const ownStore = (db: Database, caller: UserCaller) => ({
  async read(): Promise<User | null> {
    const row = await db.first<UserRow>(selectUser(caller.userId));
    return row === null ? null : userOf(row);
  },

  /** Writes what is given and returns the user as it is afterwards. What changes nothing is no change. */
  async change(change: ProfileChange, trace: Trace, now: number): Promise<User | null> {
    const { name = null, avatarUrl, locale = null, timezone = null, marketingOptIn } = change;
    const next = sql`
      (COALESCE(${name}, name),
       CASE WHEN ${avatarUrl === undefined} THEN avatar_url ELSE ${avatarUrl ?? null} END,
       COALESCE(${locale}, locale),
       COALESCE(${timezone}, timezone),
       COALESCE(${marketingOptIn ?? null}, marketing_opt_in))`;
    const [, , read] = await db.batch([
      sql`
        UPDATE users SET
          (name, avatar_url, locale, timezone, marketing_opt_in) = ${next},
          updated_at = MAX(${now}, updated_at + 1)
        WHERE id = ${caller.userId}
          AND (name, avatar_url, locale, timezone, marketing_opt_in) IS NOT ${next}`,
      auditRow(
        {
          actor: caller.userId,
          action: "profile.changed",
          subject: caller.userId,
          detail: { fields: Object.keys(change).join(",") },
        },
        trace,
        now,
        sql`changes() = 1`,
      ),
      selectUser(caller.userId),
    ]);
    const row = read?.rows[0] as UserRow | undefined;
    return row === undefined ? null : userOf(row);
  },
});

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
