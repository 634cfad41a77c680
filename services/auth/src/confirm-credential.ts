import { type Database, DatabaseFailure } from "@luna/shared/d1/database";
import { sql, type Sql } from "@luna/shared/d1/sql";
import type { Role, Scope } from "@luna/shared/rpc/caller";
import { err, ok, type Result } from "@luna/shared/rpc/result";
import type { Presented } from "@luna/shared/rpc/subject";

import { roleOf } from "./role.ts";

type Standing = { role: Role; emailKey: string; scopes: string | null };

const standing = (presented: Presented, userId: string, now: number): Sql =>
  presented.kind === "session"
    ? sql`
        SELECT role, email_key AS emailKey, NULL AS scopes
        FROM sessions JOIN accounts ON accounts.id = sessions.account_id
        WHERE sessions.id = ${presented.sessionId} AND sessions.account_id = ${userId}
          AND sessions.generation = ${presented.generation}
          AND accounts.generation = sessions.generation AND status = 'active'
          AND revoked_at IS NULL AND idle_expires_at > ${now} AND absolute_expires_at > ${now}`
    : sql`
        SELECT role, email_key AS emailKey, scopes
        FROM api_keys JOIN accounts ON accounts.id = api_keys.account_id
        WHERE api_keys.id = ${presented.keyId} AND api_keys.account_id = ${userId}
          AND secret_hash = ${presented.secretHash} AND status = 'active'
          AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > ${now})`;

/** Whether a credential is valid right now, according to the truth itself: for when no Subject answers. */
export const confirmCredential = async (
  db: Database,
  presented: Presented,
  userId: string,
  adminEmails: readonly string[],
  now: number,
): Promise<Result<{ role: Role; scopes: Scope[] | null }, "revoked" | "unavailable">> => {
  try {
    const found = await db.first<Standing>(standing(presented, userId, now));
    if (found === null) return err("revoked");
    if (found.scopes === null) return ok({ role: roleOf(found, adminEmails), scopes: null });
    // A key never carries its owner's administrative role: what leaks must not run the house.
    return ok({ role: "user", scopes: JSON.parse(found.scopes) as Scope[] });
  } catch (error) {
    if (!(error instanceof DatabaseFailure)) throw error;
    return err("unavailable", "the database does not answer");
  }
};
