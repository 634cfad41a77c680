import { type Database, DatabaseFailure } from "@luna/shared/d1/database";
import { sql } from "@luna/shared/d1/sql";
import { err, ok, type Result } from "@luna/shared/rpc/result";
import type { SubjectPush, UsersForAuth } from "@luna/shared/rpc/users";
import type { Trace } from "@luna/shared/trace";

import { pushAccount, pushKeys } from "./subject-push.ts";

type Fact = { account: string; keys: string; epoch: number };

const pushesIn = (text: string): SubjectPush[] =>
  (JSON.parse(text) as { pushes: SubjectPush[] }).pushes;

/** No row has a higher one: what is not in the database is not valid, whatever was pushed before. */
const LAST = Number.MAX_SAFE_INTEGER;

/**
 * Tells a Subject that lacks them the stored state of its account and of one key, and whether they
 * exist. A key that is gone is told as gone for ever, so that nobody asks about it again.
 */
export const healSubject = async (
  { db, users, adminEmails }: { db: Database; users: UsersForAuth; adminEmails: readonly string[] },
  userId: string,
  keyId: string | null,
  trace: Trace,
): Promise<Result<{ exists: boolean }, "unavailable">> => {
  try {
    const row = await db.first<Fact>(sql`
      SELECT ${pushAccount(userId, adminEmails).payload} AS account,
             ${pushKeys(userId, sql`id = ${keyId ?? ""}`).payload} AS keys,
             (SELECT value FROM epoch) AS epoch`);
    const account = row === null ? [] : pushesIn(row.account);
    // An id nobody has gets no Subject.
    if (row === null || account.length === 0) return ok({ exists: false });
    const key = pushesIn(row.keys);
    if (keyId !== null && key.length === 0)
      key.push({ kind: "key", epoch: row.epoch, seq: LAST, keyId, grant: null });
    const told = await users.pushToSubject(userId, [...account, ...key], trace);
    if (!told.ok) return err("unavailable", told.detail);
    return ok({ exists: key.every((push) => push.kind === "key" && push.grant !== null) });
  } catch (error) {
    // The gateway answers 503 for either: a database or a service that does not answer.
    return err("unavailable", error instanceof DatabaseFailure ? "D1" : "users");
  }
};
