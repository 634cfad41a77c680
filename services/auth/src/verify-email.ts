import { sha256Hex } from "@luna/shared/bytes";
import { Failure } from "@luna/shared/http/problem";
import { reply, type Reply } from "@luna/shared/http/reply";
import * as v from "valibot";

import { confirmEmailChange } from "./confirm-email-change.ts";
import { confirmSignUp } from "./confirm-sign-up.ts";
import type { AuthContext } from "./context.ts";
import { findOpenLink } from "./open-link-store.ts";
import type { Tokens } from "./tokens.ts";

export const VerifyEmailBody = v.strictObject({ token: v.pipe(v.string(), v.maxLength(200)) });

/** What a link is for: the address of a new account, or the next one of an account. */
const confirm = async (tokenHash: string, context: AuthContext): Promise<Tokens | null> => {
  const { signUp, change } = await findOpenLink(context.db, tokenHash, context.now);
  if (signUp !== null) return confirmSignUp(signUp, context);
  return change === null ? null : confirmEmailChange(change, context);
};

/** Confirms the address that a link was mailed to, once, and signs its owner in. */
export const verifyEmail = async (
  { body }: { body: v.InferOutput<typeof VerifyEmailBody> },
  context: AuthContext,
): Promise<Reply | Failure> => {
  const tokens = await confirm(await sha256Hex(body.token), context);
  return tokens === null
    ? new Failure("invalid_token", "This link is invalid, expired or already used.")
    : reply(200, tokens);
};
