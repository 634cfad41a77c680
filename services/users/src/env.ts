import type { MailerForServices } from "@luna/shared/rpc/mailer";
import { Environment, RateLimitScale, unscaledInProduction } from "@luna/shared/env";
import * as v from "valibot";

/** The generated bindings, with the peers typed by their contracts. */
export interface Env extends Omit<UsersEnv, "MAILER"> {
  MAILER: MailerForServices;
}

/** What users cannot serve without. */
export const Config = v.pipe(
  v.object({ ENVIRONMENT: Environment, RATE_LIMIT_SCALE: RateLimitScale }),
  unscaledInProduction(),
);
export type Config = v.InferOutput<typeof Config>;
