import type { Parts } from "@luna/shared/service";

import type { Delivery } from "./deliver-mail.ts";
import type { Config, Env } from "./env.ts";
import { hintOf } from "./hint.ts";
import { openTransport } from "./open-transport.ts";
import { ledger } from "./store.ts";

/** The one sweeper of the ledger. */
export const sweeperOf = (env: Env) => env.SWEEPER.getByName("mails");

/** A delivery from what a piece of work has at hand. */
export const deliveryOf = ({ env, config, db, log, clock }: Parts<Env, Config>): Delivery => ({
  ledger: ledger(db),
  openTransport: () => openTransport(env, config, clock),
  sealKeys: config.MAIL_SEAL_KEYS,
  from: config.EMAIL_FROM,
  support: config.EMAIL_SUPPORT,
  backoff: config.MAIL_BACKOFF,
  log,
  clock,
  random: Math.random,
  async hint({ id, trace }, seconds) {
    try {
      await env.MAIL.send(hintOf([id], trace), { delaySeconds: seconds });
    } catch (error) {
      log.warn("hint not sent", { mailId: id, error });
    }
  },
});
