import type * as v from "valibot";

import { createDatabase, type Database } from "./d1/database.ts";
import { sql } from "./d1/sql.ts";
import { within, withinRequest } from "./deadline.ts";
import { checkEnv } from "./env.ts";
import { arrivedAs, type Arrival } from "./http/arrival.ts";
import { Failure, problemAnswer } from "./http/problem.ts";
import type { Route } from "./http/route.ts";
import { createRouter, type RequestContext } from "./http/router.ts";
import { createLogger, tracedLogger, type Logger } from "./logger/logger.ts";
import type { Caller } from "./rpc/caller.ts";
import type { Health } from "./rpc/door.ts";
import {
  answeredText,
  askedOf,
  type Answered,
  type AnsweredText,
  type AskedText,
  type Body,
} from "./rpc/exchange.ts";
import { childOf, traceFromHeaders, type Trace } from "./trace.ts";

/** What every service that owns a database is bound to. */
export interface ServiceEnv {
  DB: D1Database;
  VERSION: { id: string };
}

/** What one piece of work (a request, an RPC verb, an alarm) has at hand. */
export interface Parts<Env, Config> {
  env: Env;
  config: Config;
  db: Database;
  log: Logger;
  trace: Trace;
  /** Milliseconds since 1970. */
  clock: () => number;
  /** Keeps the Worker alive for work after the answer. */
  waitUntil: (work: Promise<unknown>) => void;
}

type WaitUntil = Pick<ExecutionContext, "waitUntil">;

interface Definition<Env, Entries extends v.ObjectEntries, Context extends RequestContext> {
  name: string;
  /** The variables and secrets without which the service answers 503 `misconfigured`. */
  config: v.GenericSchema<unknown, v.InferOutput<v.ObjectSchema<Entries, undefined>>>;
  routes: readonly Route<Context>[];
  /** Adds the service's own parts to what every handler has. */
  context(
    base: RequestContext,
    parts: Parts<Env, v.InferOutput<v.ObjectSchema<Entries, undefined>>>,
  ): Context;
}

/** `/health` promises an answer within a second, so a part gets most of one. */
const PROBE_MS = 700;

const answersInTime = (probe: Promise<unknown>): Promise<boolean> =>
  within(
    PROBE_MS,
    probe.then(
      () => true,
      () => false,
    ),
    () => false,
  );

/** The life of a request that all services share: configuration, trace, one `catch`, one log line. */
export const createService = <
  Env extends ServiceEnv,
  Entries extends v.ObjectEntries,
  Context extends RequestContext,
>(
  definition: Definition<Env, Entries, Context>,
) => {
  const route = createRouter(definition.routes);
  const logger = (env: Env): Logger =>
    createLogger({ service: definition.name, version: env.VERSION.id });

  /** Logs what is wrong by name, never by value: `/health` must not be the only one to know. */
  const check = (env: Env, log: Logger) => {
    const checked = checkEnv(env, definition.config);
    if (!checked.ok)
      for (const { variable, problem } of checked.problems)
        log.error("misconfigured", { variable, problem });
    return checked;
  };

  /** The parts for one piece of work, or `null` when the service is misconfigured (and logged so). */
  const open = (env: Env, ctx: WaitUntil, trace: Trace, inTime = within) => {
    const log = tracedLogger(logger(env), trace);
    const checked = check(env, log);
    if (!checked.ok) return null;
    return {
      env,
      config: checked.value,
      db: createDatabase(env.DB, inTime),
      log,
      trace,
      clock: Date.now,
      waitUntil: (work: Promise<unknown>) => ctx.waitUntil(work),
    };
  };

  /** For a door of the service's own, which has named the request. */
  const handle = async (
    env: Env,
    ctx: WaitUntil,
    arrival: Arrival,
    caller: Caller,
    parent: Trace,
  ): Promise<Answered> => {
    const started = Date.now();
    const trace = childOf(parent);
    const parts = open(env, ctx, trace, withinRequest);
    if (parts === null)
      return problemAnswer(
        new Failure("misconfigured", "This service is not set up."),
        trace.requestId,
      );
    const base = { caller, trace, log: parts.log, now: started };
    const answered = await route(arrival, definition.context(base, parts));
    parts.log.info("request", {
      method: arrival.method,
      path: arrival.path,
      status: answered.status,
      userId: caller.kind === "user" ? caller.userId : null,
      ms: Date.now() - started,
    });
    return answered;
  };

  /** The same across a binding. */
  const exchange = async (
    env: Env,
    ctx: WaitUntil,
    text: AskedText,
    body: Body,
  ): Promise<AnsweredText> => {
    const asked = askedOf(text);
    const arrival = arrivedAs(asked, body);
    const trace = traceFromHeaders(arrival.headers);
    return answeredText(await handle(env, ctx, arrival, asked.caller, trace));
  };

  const health = async (env: Env): Promise<Health> => {
    const configuration = check(env, logger(env)).ok;
    const database = await answersInTime(createDatabase(env.DB).first(sql`SELECT 1`));
    return {
      status: configuration && database ? "healthy" : "unhealthy",
      version: env.VERSION.id,
      checks: { configuration, database },
    };
  };

  return { open, handle, exchange, health };
};
