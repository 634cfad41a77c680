import type { Database, Outcome } from "@luna/shared/d1/database";
import type { Sql } from "@luna/shared/d1/sql";
import type { Failure } from "@luna/shared/http/problem";
import type { RequestContext } from "@luna/shared/http/router";
import type { Tier } from "@luna/shared/plans";
import * as v from "valibot";

import type { AuthEffect } from "./deliver-effect.ts";
import type { Config } from "./env.ts";
import type { Guard } from "./guards.ts";
import type { Passwords } from "./password.ts";
import type { TokenMaker } from "./tokens.ts";

/** What every handler of auth has at hand. */
export interface AuthContext extends RequestContext {
  config: Config;
  db: Database;
  passwords: Passwords;
  tokens: TokenMaker;
  /** BCP 47 tag the client prefers: the language of the mails it causes. */
  locale: string;
  /** Commits statements with their effects; see `@luna/shared/outbox/outbox`. */
  commit(
    statements: readonly Sql[],
    effects: readonly (AuthEffect & { when?: Sql })[],
  ): Promise<{ outcomes: Outcome[]; relay: () => Promise<number> }>;
  /** Counts an attempt with each guard; the failure to answer with when one refuses. */
  pass: (guards: readonly Guard[]) => Promise<Failure | null>;
  /** Lets work go on after the answer. */
  waitUntil: (work: Promise<unknown>) => void;
}

/** The route table has refused everyone else, API keys too, before a handler runs. */
export const inSession = ({
  caller,
}: RequestContext): { accountId: string; sessionId: string; tier: Tier } => {
  if (caller.kind !== "user" || caller.credential.kind !== "session")
    throw new Error("a route for sessions let somebody else in");
  const { userId: accountId, credential, tier } = caller;
  return { accountId, sessionId: credential.sessionId, tier };
};

/** Any text: what names nothing of the caller's is simply not found. */
export const IdParams = v.strictObject({ id: v.string() });

/** Where a mail link lands: the app's own pages, or the small ones of the gateway. */
export const pageLink = (config: Config, path: string): string =>
  new URL(path, config.APP_URL === "" ? config.API_URL : config.APP_URL).href;

export const linkTo = (config: Config, path: string, token: string): string => {
  const url = new URL(pageLink(config, path));
  url.searchParams.set("token", token);
  return url.href;
};
