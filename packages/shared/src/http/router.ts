import type { Logger } from "../logger/logger.ts";
import type { Caller, Scope } from "../rpc/caller.ts";
import type { Answered } from "../rpc/exchange.ts";
import type { Trace } from "../trace.ts";
import { DatabaseFailure } from "../d1/database.ts";
import type { Arrival } from "./arrival.ts";
import { createMatcher } from "./match.ts";
import { parseInput } from "./parse-input.ts";
import { Failure, problemAnswer } from "./problem.ts";
import { replyAnswer } from "./reply.ts";
import type { Route } from "./route.ts";

/** What every handler of every service has; a service adds its own parts. */
export interface RequestContext {
  caller: Caller;
  trace: Trace;
  log: Logger;
  /** Milliseconds since 1970, read once at the door. */
  now: number;
}

const refuse = (route: Route<never>, caller: Caller): Failure | null => {
  if (route.access === "public") return null;
  if (caller.kind === "anonymous")
    return new Failure("unauthenticated", "Sign in to do this.", {
      headers: { "www-authenticate": "Bearer" },
    });
  if (route.access === "admin" && caller.role !== "admin")
    return new Failure("forbidden", "Only an administrator may do this.");
  return caller.credential.kind === "key" ? refuseKey(route, caller.credential.scopes) : null;
};

/** A leaked key must not be able to make itself permanent, so whoever administers signs in. */
const refuseKey = (route: Route<never>, scopes: readonly Scope[]): Failure | null => {
  if (route.access === "admin" || route.credential === "session")
    return new Failure("forbidden", "An API key may not do this. Sign in.");
  const needed = route.method === "GET" ? "read" : "write";
  return scopes.includes(needed)
    ? null
    : new Failure("forbidden", `This API key lacks the scope ${needed}.`);
};

/** A D1 write past its deadline may have happened; saying "failed" would invite a blind repeat. */
const databaseProblem = (error: DatabaseFailure): Failure =>
  error.outcome === "unknown"
    ? new Failure("outcome_unknown", "The change may or may not have been made.")
    : new Failure("unavailable", "The database does not answer.");

const answer = async <Context extends RequestContext>(
  route: Route<Context>,
  arrival: Arrival,
  params: Record<string, string>,
  context: Context,
): Promise<Answered> => {
  const refused = refuse(route, context.caller);
  if (refused !== null) return problemAnswer(refused, context.trace.requestId);
  const input = await parseInput(route, arrival, params);
  if (input instanceof Failure) return problemAnswer(input, context.trace.requestId);
  const result = await route.handler(input, context, arrival);
  return result instanceof Failure
    ? problemAnswer(result, context.trace.requestId)
    : replyAnswer(result);
};

/** The answer when no route fits: an unknown path, or a known one asked in the wrong way. */
export const unmatched = (allow: readonly string[]): Failure =>
  allow.length === 0
    ? new Failure("not_found", "There is nothing here.")
    : new Failure("method_not_allowed", `Use ${allow.join(" or ")}.`, {
        headers: { allow: allow.join(", ") },
      });

/** Path and method in, problem+json or the handler's answer out: the one `catch` of a Worker. */
export const createRouter = <Context extends RequestContext>(routes: readonly Route<Context>[]) => {
  const match = createMatcher(routes);

  return async (arrival: Arrival, context: Context): Promise<Answered> => {
    const { requestId } = context.trace;
    try {
      const found = await match(arrival);
      return found.entry === null
        ? problemAnswer(unmatched(found.allow), requestId)
        : await answer(found.entry, arrival, found.params, context);
    } catch (error) {
      if (error instanceof DatabaseFailure) {
        context.log.error("database failed", { error });
        return problemAnswer(databaseProblem(error), requestId);
      }
      context.log.error("unexpected failure", { error });
      return problemAnswer(new Failure("internal", "Something broke on our side."), requestId);
    }
  };
};
