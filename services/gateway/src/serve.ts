import type { Arrival } from "@luna/shared/http/arrival";
import { Failure, problemAnswer } from "@luna/shared/http/problem";
import { createMatcher } from "@luna/shared/http/match";
import { unmatched } from "@luna/shared/http/router";
import type { Logger } from "@luna/shared/logger/logger";
import type { Caller, Client } from "@luna/shared/rpc/caller";
import type { Answered } from "@luna/shared/rpc/exchange";
import type { Trace } from "@luna/shared/trace";

import { admit } from "./admit.ts";
import { answerEntry } from "./answer-entry.ts";
import { clientOf } from "./client.ts";
import { documentAt } from "./documents.ts";
import { doorFor } from "./doors.ts";
import type { Config, Env } from "./env.ts";
import { forward } from "./forward.ts";
import { addressPolicy, limitAddress } from "./limit-address.ts";
import { readCredential } from "./read-credential.ts";
import { cachedPublicAnswer, reportCache } from "./shared-cache.ts";
import { routeMap, type MappedRoute } from "./route-map.generated.ts";
import { settle } from "./settlements.ts";

/** One request on its way through the gateway. */
export interface Passage {
  env: Env;
  /** `null` while a variable is missing: then only `/health` answers. */
  config: Config | null;
  trace: Trace;
  log: Logger;
  now: number;
  /** Keeps the Worker alive for work after the answer. */
  waitUntil: (work: Promise<unknown>) => void;
}

const match = createMatcher(routeMap);

/** Unconfigured, nothing is scaled. */
const scaleOf = ({ config }: Passage): number => config?.RATE_LIMIT_SCALE ?? 1;

const chargeAnonymous = (client: Client, passage: Passage): Promise<Failure | null> =>
  limitAddress(passage.env.ANONYMOUS, client, scaleOf(passage));

/** A public route serves a caller with a stale token as it serves anyone. */
const servePublic = async (
  arrival: Arrival,
  route: MappedRoute,
  passage: Passage,
): Promise<Answered | Failure> => {
  const { env, config } = passage;
  const client = clientOf(arrival, config);
  const limited = route.limit === "address";
  const refused = limited ? await chargeAnonymous(client, passage) : null;
  if (refused !== null) return refused;
  const ask = (asked: Arrival, caller: Caller) =>
    forward(doorFor(route.service, passage), asked, route, caller, passage);
  const answer = await (route.cached
    ? cachedPublicAnswer(arrival, route, env, passage.waitUntil, ask)
    : ask(arrival, { kind: "anonymous", client }));
  if (answer instanceof Failure || !limited) return answer;
  return { ...answer, headers: { ...answer.headers, ...addressPolicy(scaleOf(passage)) } };
};

/** Guessing costs the address it comes from; past its limit a wrong guess is not even called wrong. */
const chargeRefusal = async (
  failure: Failure,
  arrival: Arrival,
  passage: Passage,
): Promise<Failure> => {
  if (failure.code !== "invalid_token") return failure;
  const client = clientOf(arrival, passage.config);
  return (await limitAddress(passage.env.REFUSED, client, scaleOf(passage))) ?? failure;
};

const signInFirst = (): Failure =>
  new Failure("unauthenticated", "Sign in to do this.", {
    headers: { "www-authenticate": "Bearer" },
  });

const serveKnown = async (
  arrival: Arrival,
  route: MappedRoute,
  passage: Passage,
): Promise<Answered | Failure> => {
  const { config } = passage;
  if (config === null) return new Failure("misconfigured", "The gateway is not set up.");
  const shown = await readCredential(arrival, passage.env, config, passage.now);
  if (shown === null)
    return (await chargeAnonymous(clientOf(arrival, config), passage)) ?? signInFirst();
  if (shown instanceof Failure) return chargeRefusal(shown, arrival, passage);
  const entry = await admit(shown, route, passage);
  if (entry instanceof Failure) return chargeRefusal(entry, arrival, passage);
  if (route.access === "admin" && entry.granted.role !== "admin") {
    settle(entry, passage);
    return new Failure("forbidden", "Only an administrator may do this.");
  }
  return answerEntry(arrival, route, entry, passage);
};

const serveMapped = async (
  arrival: Arrival,
  route: MappedRoute,
  passage: Passage,
): Promise<Answered> => {
  const { trace, log } = passage;
  let answer: Answered | Failure;
  try {
    answer =
      route.access === "public"
        ? await servePublic(arrival, route, passage)
        : await serveKnown(arrival, route, passage);
  } catch (error) {
    // A throw across a binding is an outage of the service behind it: services catch their own bugs.
    log.error("service failed", { peer: route.service, error });
    answer = new Failure("unavailable", "A service behind this route does not answer.");
  }
  return answer instanceof Failure ? problemAnswer(answer, trace.requestId) : answer;
};

/** Finds out what a request is for and has it answered. */
export const serve = async (arrival: Arrival, passage: Passage): Promise<Answered> => {
  const { requestId } = passage.trace;
  reportCache(passage.env, passage.waitUntil);
  const found = await match(arrival);
  if (found.entry !== null) return serveMapped(arrival, found.entry, passage);
  return documentAt(arrival, requestId) ?? problemAnswer(unmatched(found.allow), requestId);
};
