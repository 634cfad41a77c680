import { newApiKey } from "@luna/shared/api-key";
import { auditRow } from "@luna/shared/audit";
import { sql } from "@luna/shared/d1/sql";
import { Failure } from "@luna/shared/http/problem";
import { reply, type Reply } from "@luna/shared/http/reply";
import { newId } from "@luna/shared/id";
import * as v from "valibot";

import { keyView, liveKeysOf, MAX_OVERLAP_S } from "./api-key.ts";
import { inSession, type AuthContext, type IdParams } from "./context.ts";
import { keyCreatedMail } from "./key-created-mail.ts";
import { keyOf, keysOf, type KeyRow } from "./key-store.ts";
import { pushKeys } from "./subject-push.ts";
import { commitAndTell } from "./tell-subject.ts";

export const RotateKeyBody = v.strictObject({
  overlapSeconds: v.optional(
    v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(MAX_OVERLAP_S)),
    0,
  ),
});

interface RotateKey {
  params: v.InferOutput<typeof IdParams>;
  body: v.InferOutput<typeof RotateKeyBody>;
}

/** A new key in place of an old one, which stays valid for the overlap. */
export const rotateKey = async (
  { params, body }: RotateKey,
  context: AuthContext,
): Promise<Reply | Failure> => {
  const { now, trace, config, db } = context;
  const { accountId, tier } = inSession(context);
  const keys = keysOf(accountId);
  // Only for the mail: a key keeps its name for ever, and whether it may be rotated the write decides.
  const old = await db.first<KeyRow>(keys.read(params.id));
  if (old === null) return new Failure("not_found", "There is no such key.");
  const id = newId(now);
  const { text, secretHash } = await newApiKey(config.KEY_TAG_KEYS, {
    subject: accountId,
    keyId: id,
  });
  const until = now + body.overlapSeconds * 1_000;
  const [inserted, , , made] = await commitAndTell(
    context,
    [
      keys.insertSuccessor(
        { id, of: params.id, secretHash },
        until,
        liveKeysOf(tier, config.RATE_LIMIT_SCALE),
        now,
      ),
      auditRow(
        {
          actor: accountId,
          action: "api_key.rotated",
          subject: params.id,
          detail: { successor: id, overlapSeconds: body.overlapSeconds },
        },
        trace,
        now,
        sql`changes() = 1`,
      ),
      keys.retire(params.id, id, until, now),
      keys.read(id),
    ],
    pushKeys(accountId, sql`(id = ${id} OR rotated_to = ${id})`),
    [await keyCreatedMail({ ...keyOf(old), id, createdAt: now }, context)],
  );
  const row = made?.rows[0] as KeyRow | undefined;
  if (inserted?.changes === 1 && row !== undefined)
    return reply(201, { ...keyView(keyOf(row)), key: text });
  return new Failure(
    "conflict",
    "This key has expired, was rotated before, or would be one of too many that overlap.",
  );
};
