import type { CacheStatsDoor } from "@luna/shared/cache/stats-report";
import {
  Environment,
  KeySetText,
  List,
  RateLimitScale,
  unscaledInProduction,
} from "@luna/shared/env";
import type { AuthForGateway } from "@luna/shared/rpc/auth";
import type { ServiceDoor } from "@luna/shared/rpc/door";
import type { SubjectForGateway } from "@luna/shared/rpc/subject";
import type { UsersForGateway } from "@luna/shared/rpc/users";
import * as v from "valibot";

type Peers = "AUTH" | "USERS" | "BILLING" | "MAILER" | "SCHEDULER" | "SUBJECTS" | "CACHE_STATS";

/** The generated bindings, with the peers typed by their contracts. */
export interface Env extends Omit<GatewayEnv, Peers> {
  AUTH: AuthForGateway;
  USERS: UsersForGateway;
  CACHE_STATS: { getByName(name: string): CacheStatsDoor };
  SUBJECTS: { getByName(userId: string): SubjectForGateway };
  BILLING: ServiceDoor;
  MAILER: ServiceDoor;
  SCHEDULER: ServiceDoor;
}

const ORIGIN = /^https?:\/\/(?:[a-z\d.-]+|\[[a-f\d:.]+\])(?::\d+)?$/;

/** Exactly as browsers write it, without path, upper case or default port: else it matches nobody. */
const Origin = v.pipe(
  v.string(),
  v.check(
    (text) => ORIGIN.test(text) && URL.parse(text)?.origin === text,
    "must be origins such as https://app.example.com",
  ),
);

/** What the gateway cannot serve without. */
export const Config = v.pipe(
  v.object({
    ENVIRONMENT: Environment,
    API_URL: v.pipe(v.string(), v.url("must be an absolute URL")),
    CORS_ORIGINS: v.optional(v.pipe(List, v.array(Origin)), ""),
    KEY_TAG_KEYS: KeySetText,
    RATE_LIMIT_SCALE: RateLimitScale,
  }),
  unscaledInProduction(),
);
export type Config = v.InferOutput<typeof Config>;

/** The Worker behind each service name. */
export const peersOf = (env: Env) => ({
  auth: env.AUTH,
  users: env.USERS,
  "billing-webhook": env.BILLING,
  mailer: env.MAILER,
  scheduler: env.SCHEDULER,
});
