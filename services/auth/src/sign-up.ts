import { auditRow } from "@luna/shared/audit";
import { newToken, sha256Hex } from "@luna/shared/bytes";
import { sql } from "@luna/shared/d1/sql";
import type { Failure } from "@luna/shared/http/problem";
import { reply, type Reply } from "@luna/shared/http/reply";
import { newId } from "@luna/shared/id";
import { seal } from "@luna/shared/key-set";
import { sealPurpose } from "@luna/shared/rpc/mailer";
import { ShownName } from "@luna/shared/shown-name";
import * as v from "valibot";

import { linkTo, type AuthContext } from "./context.ts";
import type { AuthEffect } from "./deliver-effect.ts";
import { EmailAddress, emailKey } from "./email-address.ts";
import { signUpGuards, signUpMailGuards } from "./guards.ts";
import { attemptOf } from "./pass-guards.ts";
import { NewPassword } from "./password.ts";
import { accountExistsMail } from "./account-exists-mail.ts";
import { findAddressee } from "./account-store.ts";
import { insertSignUp } from "./sign-up-store.ts";

export const SignUpBody = v.strictObject({
  email: EmailAddress,
  password: NewPassword,
  name: v.optional(ShownName, ""),
});

/** A confirmation mail may be read tomorrow. */
const LINK_MS = 24 * 60 * 60 * 1_000;
/**
 * The same answer, after the same work, whether or not the address is known: one hash, one read,
 * one transaction, one mail. Once an address has had its mails for the hour, only the mail is left out:
 * whoever writes to a stranger learns nothing, not even that.
 */
export const signUp = async (
  { body }: { body: v.InferOutput<typeof SignUpBody> },
  context: AuthContext,
): Promise<Reply | Failure> => {
  const { db, now, trace, caller, config } = context;
  const attempt = await attemptOf(body.email, caller.client, config.RATE_LIMIT_SCALE);
  const refused = await context.pass(signUpGuards(attempt));
  if (refused !== null) return refused;
  const enough = await context.pass(signUpMailGuards(attempt));
  if (enough !== null && enough.code !== "rate_limited") return enough;
  const mayMail = enough === null ? sql`TRUE` : sql`FALSE`;
  const key = emailKey(body.email);
  const passwordHash = await context.passwords.hash(body.password);
  const known = await findAddressee(db, key);
  const { statements, effect } =
    known === null
      ? await pending(body, passwordHash, context)
      : { statements: [], effect: await accountExistsMail(known, context) };
  const audit = auditRow(
    { actor: "anonymous", action: "sign_up.requested", subject: known?.id ?? "new" },
    trace,
    now,
  );
  const committed = await context.commit([...statements, audit], [{ ...effect, when: mayMail }]);
  context.waitUntil(committed.relay());
  return reply(202, { status: "check_email" });
};

const pending = async (
  body: v.InferOutput<typeof SignUpBody>,
  passwordHash: string,
  context: AuthContext,
) => {
  const { config, now } = context;
  const id = newId(now);
  const token = newToken();
  const mailKey = `verify:${id}:1`;
  const link = linkTo(config, "/verify-email", token);
  const name = body.name === "" ? (body.email.split("@")[0] ?? "") : body.name;
  const effect: AuthEffect = {
    effect: "mail.accept",
    key: mailKey,
    payload: {
      key: mailKey,
      template: "verify",
      locale: context.locale,
      to: body.email,
      vars: { name },
      sealed: { link: await seal(config.MAIL_SEAL_KEYS, link, sealPurpose(mailKey)) },
      userId: null,
      expiresAt: now + LINK_MS,
    },
  };
  const statement = insertSignUp({
    id,
    accountId: newId(now),
    tokenHash: await sha256Hex(token),
    email: body.email,
    emailKey: emailKey(body.email),
    name,
    locale: context.locale,
    region: context.caller.client.region,
    passwordHash,
    createdAt: now,
    expiresAt: now + LINK_MS,
  });
  return { statements: [statement], effect };
};
