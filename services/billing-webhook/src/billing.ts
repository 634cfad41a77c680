import type { Database } from "@luna/shared/d1/database";
import type { Logger } from "@luna/shared/logger/logger";
import type { Armed, Relay } from "@luna/shared/outbox/outbox";
import type { Parts } from "@luna/shared/service";
import type { Trace } from "@luna/shared/trace";

import { NEVER_ARMED, rememberArmed, type ArmMemory } from "./armed.ts";
import { deliverEffect } from "./deliver-effect.ts";
import type { Config, Env } from "./env.ts";
import type { Buffer } from "./event-buffer.ts";
import { createLemonSqueezy, type LemonSqueezy } from "./lemonsqueezy/client.ts";
import { createPatience, type Patience } from "./patience.ts";

/** What applying events needs, whoever asks: a request, the sweeper's alarm or the scheduler. */
export interface Billing {
  config: Config;
  db: Database;
  log: Logger;
  trace: Trace;
  clock: () => number;
  relay: Relay;
  sweeper: Armed;
  reconciler: Armed;
  /** Takes the deliveries that the database does not. */
  buffer: Buffer;
  lemonSqueezy: LemonSqueezy;
  patience: Patience;
}

/** The isolate's own; see `armed.ts` and `patience.ts`. */
const memory: ArmMemory = { ...NEVER_ARMED };
const patience = createPatience();

/** The one sweeper of this service. */
const sweeperOf = (env: Env): Armed => rememberArmed(env.SWEEPER.getByName("billing"), memory);

export const billingOf = (
  { env, config, db, log, trace, clock }: Parts<Env, Config>,
  sweeper: Armed = sweeperOf(env),
): Billing => {
  const lemonSqueezy = createLemonSqueezy({
    baseUrl: config.LEMONSQUEEZY_API_URL,
    apiKey: config.LEMONSQUEEZY_API_KEY,
    storeId: config.LEMONSQUEEZY_STORE_ID,
    quota: env.QUOTA.getByName("lemonsqueezy"),
    clock,
  });
  const { USERS: users, MAILER: mailer } = env;
  const deliver = deliverEffect({ users, mailer, db, config, lemonSqueezy, clock });
  const reconciler = env.RECONCILER.getByName("billing");
  const buffer = env.BUFFER.getByName("billing");
  const relay = { db, deliver, log, clock };
  return {
    config,
    db,
    log,
    trace,
    clock,
    sweeper,
    reconciler,
    buffer,
    relay,
    lemonSqueezy,
    patience,
  };
};
