import { sql } from "@luna/shared/d1/sql";

import type { Grant, Subscription } from "./entitlement.ts";

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

export type UserRow = {
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

export const subscriptionsOf = sql`
  (SELECT json_group_array(json_object('tier', tier, 'status', status, 'pause', pause,
                                       'renewsAt', renews_at, 'endsAt', ends_at))
   FROM subscriptions WHERE owner_kind = 'user' AND owner_id = users.id)`;

export const grantsOf = sql`
  (SELECT json_group_array(json_object('tier', tier, 'until', until))
   FROM grants WHERE user_id = users.id)`;

/** The user and what its plan is made of in one statement: one round trip, one consistent moment. */
export const userColumns = sql`
  id, email, name, avatar_url, locale, timezone, created_at, updated_at,
  ${subscriptionsOf} AS subscriptions, ${grantsOf} AS grants`;

export const userOf = (row: UserRow): User => ({
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
