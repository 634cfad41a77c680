import { auditRow } from "@luna/shared/audit";
import type { Database } from "@luna/shared/d1/database";
import { sql, type Sql } from "@luna/shared/d1/sql";
import type { UserCaller } from "@luna/shared/rpc/caller";
import type { Trace } from "@luna/shared/trace";

import type { ProfileChange } from "./profile.ts";
import { userColumns, userOf, type User, type UserRow } from "./user-row.ts";

const COLUMNS = {
  name: sql`name`,
  avatarUrl: sql`avatar_url`,
  locale: sql`locale`,
  timezone: sql`timezone`,
  marketingOptIn: sql`marketing_opt_in`,
} as const satisfies Record<keyof ProfileChange, Sql>;

const listed = (parts: readonly Sql[]): Sql => parts.reduce((all, one) => sql`${all}, ${one}`);

/** The columns that a change names, and what it gives them, in the same order; `null` for none. */
const givenIn = (change: ProfileChange) => {
  const given = Object.entries(change).filter(([, value]) => value !== undefined);
  if (given.length === 0) return null;
  return {
    columns: listed(given.map(([field]) => COLUMNS[field as keyof ProfileChange])),
    values: listed(given.map(([, value]) => sql`${value}`)),
  };
};

/** What a signed-in user may reach: its own row, because every statement names its id. */
export const ownStore = (db: Database, caller: UserCaller) => ({
  async read(): Promise<User | null> {
    const row = await db.first<UserRow>(
      sql`SELECT ${userColumns} FROM users WHERE id = ${caller.userId}`,
    );
    return row === null ? null : userOf(row);
  },

  /** Writes what is given and returns the user as it is afterwards. What changes nothing is no change. */
  async change(change: ProfileChange, trace: Trace, now: number): Promise<User | null> {
    const given = givenIn(change);
    if (given === null) return this.read();
    const { columns, values } = given;
    const [changed] = await db.batch([
      sql`
        UPDATE users SET (${columns}) = (${values}), updated_at = MAX(${now}, updated_at + 1)
        WHERE id = ${caller.userId} AND (${columns}) IS NOT (${values})
        RETURNING ${userColumns}`,
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
    ]);
    const row = changed?.rows[0] as UserRow | undefined;
    // Nothing was changed: there is nobody, or all of it is so already.
    return row === undefined ? this.read() : userOf(row);
  },
});
