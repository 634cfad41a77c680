import { sql, type Sql } from "@luna/shared/d1/sql";
import type { Role } from "@luna/shared/rpc/caller";

/** A sign-up as it waits for its address to be confirmed. */
export interface SignUp {
  id: string;
  accountId: string;
  tokenHash: string;
  email: string;
  emailKey: string;
  name: string;
  locale: string;
  region: string | null;
  passwordHash: string;
  createdAt: number;
  expiresAt: number;
}

export const insertSignUp = (signUp: SignUp): Sql => sql`
  INSERT INTO sign_ups (id, account_id, token_hash, email, email_key, name, locale, region,
                        password_hash, created_at, expires_at)
  VALUES (${signUp.id}, ${signUp.accountId}, ${signUp.tokenHash}, ${signUp.email},
          ${signUp.emailKey}, ${signUp.name}, ${signUp.locale}, ${signUp.region},
          ${signUp.passwordHash}, ${signUp.createdAt}, ${signUp.expiresAt})`;

/** A sign-up whose link can still be followed. */
export type OpenSignUp = Pick<
  SignUp,
  "id" | "accountId" | "email" | "emailKey" | "name" | "locale" | "region"
>;

export const selectOpenSignUp = (tokenHash: string, now: number): Sql => sql`
  SELECT id, account_id AS accountId, email, email_key AS emailKey, name, locale, region
  FROM sign_ups
  WHERE token_hash = ${tokenHash} AND used_at IS NULL AND expires_at > ${now}`;

/** The single use of a sign-up's token. An address that got an account meanwhile keeps that one. */
export const claimSignUp = (signUpId: string, claimId: string, now: number): Sql => sql`
  UPDATE sign_ups SET used_at = ${now}, used_by = ${claimId}
  WHERE id = ${signUpId} AND used_at IS NULL AND expires_at > ${now}
    AND NOT EXISTS (SELECT 1 FROM accounts WHERE accounts.email_key = sign_ups.email_key)`;

/** True inside the batch whose claim succeeded, and for nobody else. */
export const claimed = (claimId: string): Sql =>
  sql`EXISTS (SELECT 1 FROM sign_ups WHERE used_by = ${claimId})`;

/** `role` is what others are told of it; the row's own is a user's. */
export const insertAccount = (claimId: string, role: Role, now: number): Sql => sql`
  INSERT INTO accounts (id, email, email_key, password_hash, told_role, created_at, updated_at)
  SELECT account_id, email, email_key, password_hash, ${role}, ${now}, ${now}
  FROM sign_ups WHERE used_by = ${claimId}`;
