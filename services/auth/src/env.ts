import {
  Environment,
  KeySetText,
  List,
  jsonText,
  RateLimitScale,
  unscaledInProduction,
} from "@luna/shared/env";
import type { MailerForServices } from "@luna/shared/rpc/mailer";
import type { UsersForAuth } from "@luna/shared/rpc/users";
import { SigningKeys } from "@luna/shared/token/keys";
import * as v from "valibot";

import { EmailAddress } from "./email-address.ts";

/** The generated bindings, with the peers typed by their contracts. */
export interface Env extends Omit<AuthEnv, "USERS" | "MAILER"> {
  USERS: UsersForAuth;
  MAILER: MailerForServices;
}

const WebAddress = v.pipe(v.string(), v.url("must be an absolute URL"));

/** What auth cannot serve without. */
export const Config = v.pipe(
  v.object({
    ENVIRONMENT: Environment,
    API_URL: WebAddress,
    APP_URL: v.optional(v.union([v.literal(""), WebAddress]), ""),
    ADMIN_EMAILS: v.optional(v.pipe(List, v.array(EmailAddress)), ""),
    RATE_LIMIT_SCALE: RateLimitScale,
    TOKEN_KEYS: jsonText(SigningKeys),
    PASSWORD_PEPPERS: KeySetText,
    REFRESH_KEYS: KeySetText,
    MAIL_SEAL_KEYS: KeySetText,
    KEY_TAG_KEYS: KeySetText,
  }),
  unscaledInProduction(),
);
export type Config = v.InferOutput<typeof Config>;
