import { Failure } from "@luna/shared/http/problem";
import { reply, type Reply } from "@luna/shared/http/reply";
import { newId } from "@luna/shared/id";
import { Moment } from "@luna/shared/moment";
import { PAID_TIERS } from "@luna/shared/plans";
import * as v from "valibot";

import { signedIn, type UsersContext } from "./context.ts";

export const GrantParams = v.strictObject({ id: v.string() });

const Time = v.pipe(v.string(), v.isoTimestamp());

export const GrantBody = v.strictObject({
  plan: v.picklist(PAID_TIERS),
  until: Moment,
  /** For whoever asks later why; a sentence and a ticket number fit. */
  reason: v.pipe(v.string(), v.trim(), v.minLength(1, "must not be empty"), v.maxLength(500)),
});

export const GrantAnswer = v.strictObject({
  id: v.string(),
  userId: v.string(),
  plan: v.picklist(PAID_TIERS),
  until: Time,
  reason: v.string(),
  createdAt: Time,
});

interface AddGrant {
  params: v.InferOutput<typeof GrantParams>;
  body: v.InferOutput<typeof GrantBody>;
}

/**
 * `POST /v1/admin/users/{id}/grants`: helps out who paid and was not served. The plan holds from the
 * next request, beside whatever is paid for, and ends at `until` by itself.
 */
export const addGrant = async (
  { params, body }: AddGrant,
  context: UsersContext,
): Promise<Reply | Failure> => {
  const { now, trace } = context;
  const until = Date.parse(body.until);
  if (until <= now)
    return new Failure("invalid_input", "The grant would be over already.", {
      errors: [{ path: "until", message: "must be in the future" }],
    });
  const grantedBy = signedIn(context).userId;
  const { plan: tier, reason } = body;
  const grant = { id: newId(now), userId: params.id, tier, until, reason, grantedBy };
  let added = false;
  await context.changePlan(params.id, async () => {
    added = await context.grants.add(grant, trace, now);
  });
  if (!added) return new Failure("not_found", "There is no such user.");
  const answer: v.InferOutput<typeof GrantAnswer> = {
    id: grant.id,
    userId: params.id,
    plan: tier,
    until: new Date(until).toISOString(),
    reason,
    createdAt: new Date(now).toISOString(),
  };
  return reply(201, answer);
};
