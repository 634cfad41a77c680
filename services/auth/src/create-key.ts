import { newApiKey } from "@luna/shared/api-key";
import { auditRow } from "@luna/shared/audit";
import { sql } from "@luna/shared/d1/sql";
import { Failure } from "@luna/shared/http/problem";
import { reply, type Reply } from "@luna/shared/http/reply";
import { newId } from "@luna/shared/id";
import { SCOPES } from "@luna/shared/rpc/caller";
import { ShownName } from "@luna/shared/shown-name";
import * as v from "valibot";

import { DAY_MS, keyView, liveKeysOf, MAX_EXPIRY_DAYS } from "./api-key.ts";
import { keyCreatedMail } from "./key-created-mail.ts";
import { inSession, type AuthContext } from "./context.ts";
import { keysOf } from "./key-store.ts";
import { pushKeys } from "./subject-push.ts";
import { commitAndTell } from "./tell-subject.ts";

export const CreateKeyBody = v.strictObject({
  name: v.pipe(ShownName, v.minLength(1, "must not be empty")),
  scopes: v.optional(
    v.pipe(v.array(v.picklist(SCOPES)), v.minLength(1, "needs at least one scope")),
    () => [...SCOPES],
  ),
  expiresInDays: v.optional(
    v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MAX_EXPIRY_DAYS)),
  ),
});

/** Makes a key for the caller, and shows it this once. */
export const createKey = async (
  { body }: { body: v.InferOutput<typeof CreateKeyBody> },
  context: AuthContext,
): Promise<Reply | Failure> => {
  const { now, trace, config } = context;
  const { accountId, tier } = inSession(context);
  const liveKeys = liveKeysOf(tier, config.RATE_LIMIT_SCALE);
  const id = newId(now);
  const { text, secretHash } = await newApiKey(config.KEY_TAG_KEYS, {
    subject: accountId,
    keyId: id,
  });
  const key = {
    id,
    accountId,
    name: body.name,
    scopes: SCOPES.filter((scope) => body.scopes.includes(scope)),
    createdAt: now,
    expiresAt: body.expiresInDays === undefined ? null : now + body.expiresInDays * DAY_MS,
  };
  const [created] = await commitAndTell(
    context,
    [
      keysOf(accountId).insert(key, secretHash, liveKeys, now),
      auditRow(
        {
          actor: accountId,
          action: "api_key.created",
          subject: id,
          detail: { scopes: key.scopes.join(" ") },
        },
        trace,
        now,
        sql`changes() = 1`,
      ),
    ],
    pushKeys(accountId, sql`id = ${id}`),
    [await keyCreatedMail(key, context)],
  );
  return created?.changes === 1
    ? reply(201, { ...keyView(key), key: text })
    : new Failure("conflict", `Your plan has room for ${liveKeys} keys. Delete one first.`);
};
