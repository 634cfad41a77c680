import type { Parts } from "@luna/shared/service";

import type { Delivery } from "./deliver-due.ts";
import { deliveryLedger } from "./delivery-store.ts";
import type { Config, Env } from "./env.ts";
import { openTransport } from "./open-transport.ts";
import { TRANSPORTS, type TransportName } from "./transport.ts";

/** The one sweeper of the ledger. */
export const sweeperOf = (env: Env) => env.SWEEPER.getByName("mails");
/** The one switchboard of the mesh. */
export const switchboardOf = (env: Env) => env.SWITCHBOARD.getByName("transports");

const isTransport = (text: string | null): text is TransportName =>
  TRANSPORTS.some((name) => name === text);

/** What an operator has chosen, else what the variable says. */
export const transportOf = (chosen: string | null, config: Config): TransportName =>
  isTransport(chosen) ? chosen : config.MAIL_TRANSPORT;

/** A delivery from what a piece of work has at hand. */
export const deliveryOf = ({ env, config, db, log, clock }: Parts<Env, Config>): Delivery => ({
  ledger: deliveryLedger(db),
  transportOf: (chosen) => transportOf(chosen, config),
  admit: (transport) => switchboardOf(env).admit(transport, config.MAIL_PROBE_SECONDS * 1_000),
  async report(transport, report) {
    try {
      const probeMs = config.MAIL_PROBE_SECONDS * 1_000;
      const turned = await switchboardOf(env).report(transport, report, probeMs);
      if (turned !== null)
        log.metric("mail.transport_up", turned === "closed" ? 1 : 0, { transport });
      if (turned === "closed") log.info("circuit closed", { transport });
      return turned;
    } catch (error) {
      // What was sent is sent: only the switchboard does not know of it yet.
      log.warn("switchboard not told", { transport, error });
      return null;
    }
  },
  openTransport: (name) => openTransport(name, env, config, clock),
  sealKeys: config.MAIL_SEAL_KEYS,
  from: config.EMAIL_FROM,
  support: config.EMAIL_SUPPORT,
  backoff: config.MAIL_BACKOFF,
  log,
  clock,
  random: Math.random,
  async wake() {
    try {
      await sweeperOf(env).arm();
    } catch (error) {
      log.warn("sweeper not armed", { error });
    }
  },
});
