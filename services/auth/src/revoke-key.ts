import { auditRow } from "@luna/shared/audit";
import { sha256Hex } from "@luna/shared/bytes";
import { sql } from "@luna/shared/d1/sql";
import { Failure } from "@luna/shared/http/problem";
import { reply, type Reply } from "@luna/shared/http/reply";
import * as v from "valibot";

import { inSession, type AuthContext } from "./context.ts";
import { findKeyByHash, keysOf } from "./key-store.ts";
import { pushKeys } from "./subject-push.ts";
import { commitAndTell } from "./tell-subject.ts";

/** The key that was found somewhere, or the SHA-256 of its whole text for who must not hand it on. */
export const RevokeKeyBody = v.union([
  v.strictObject({
    sha256: v.pipe(
      v.string(),
      v.regex(/^[0-9a-fA-F]{64}$/, "must be 64 hex digits"),
      v.toLowerCase(),
    ),
  }),
  v.strictObject({ key: v.pipe(v.string(), v.trim(), v.maxLength(300)) }),
]);

/** Ends a key that leaked, whoever it belongs to. A repeat is answered alike. */
export const revokeKey = async (
  { body }: { body: v.InferOutput<typeof RevokeKeyBody> },
  context: AuthContext,
): Promise<Reply | Failure> => {
  const { db, now, trace } = context;
  const hash = "key" in body ? await sha256Hex(body.key) : body.sha256;
  const found = await findKeyByHash(db, hash);
  if (found === null) return new Failure("not_found", "There is no such key.");
  const { id, accountId } = found;
  await commitAndTell(
    context,
    [
      keysOf(accountId).revoke(id, now),
      auditRow(
        { actor: inSession(context).accountId, action: "api_key.revoked", subject: id },
        trace,
        now,
        sql`changes() = 1`,
      ),
    ],
    pushKeys(accountId, sql`id = ${id}`),
  );
  return reply(204);
};
