import { commitWithEffects, type Relay } from "@luna/shared/outbox/outbox";
import { createService, type Parts } from "@luna/shared/service";
import { AUDIENCE } from "@luna/shared/token/claims";
import { createSigner, type Sign } from "@luna/shared/token/token-service";

import type { AuthContext } from "./context.ts";
import { deliverEffect } from "./deliver-effect.ts";
import { Config, type Env } from "./env.ts";
import { passGuards } from "./pass-guards.ts";
import { createPasswords, type Argon2id } from "./password.ts";
import { routes } from "./routes.ts";

type AuthParts = Pick<Parts<Env, Config>, "env" | "db" | "log" | "clock">;

/** How auth hands its effects on; used after a commit and by the sweeper. */
export const relayOf = ({ env, db, log, clock }: AuthParts): Relay => ({
  db,
  log,
  clock,
  deliver: deliverEffect({ users: env.USERS, mailer: env.MAILER }),
});

/** Importing a key costs more than signing with it, so a signer lives as long as its configuration. */
const signers = new WeakMap<Config, Sign>();
const signerOf = (config: Config): Sign => {
  const known = signers.get(config);
  if (known !== undefined) return known;
  const signer = createSigner(config.TOKEN_KEYS);
  signers.set(config, signer);
  return signer;
};

export const createAuth = (argon2id: Argon2id) =>
  createService<Env, typeof Config.entries, AuthContext>({
    name: "auth",
    config: Config,
    routes,
    context: (base, parts) => ({
      ...base,
      config: parts.config,
      db: parts.db,
      passwords: createPasswords(argon2id, parts.config.PASSWORD_PEPPERS),
      tokens: {
        sign: signerOf(parts.config),
        refreshKeys: parts.config.REFRESH_KEYS,
        issuer: parts.config.API_URL,
        audience: AUDIENCE,
      },
      locale: base.caller.client.language,
      commit: (statements, effects) =>
        commitWithEffects(
          {
            relay: relayOf(parts),
            sweeper: parts.env.SWEEPER.getByName("sweeper"),
            trace: parts.trace,
          },
          statements,
          effects,
        ),
      pass: (guards) => passGuards(parts.env.THROTTLES, guards, base.now),
      waitUntil: parts.waitUntil,
    }),
  });
