import { Failure, problemResponse } from "@luna/shared/http/problem";
import { createMatcher } from "@luna/shared/http/match";
import { unmatched } from "@luna/shared/http/router";
import type { Logger } from "@luna/shared/logger/logger";
import type { Caller, Client } from "@luna/shared/rpc/caller";
import { responseOf } from "@luna/shared/rpc/exchange";
import type { Trace } from "@luna/shared/trace";

import { admit } from "./admit.ts";
import { answerEntry, settle } from "./answer-entry.ts";
import { clientOf } from "./client.ts";
import { documentAt } from "./documents.ts";
import { doorFor } from "./doors.ts";
import type { Config, Env } from "./env.ts";
import { forward } from "./forward.ts";
import { addressPolicy, limitAddress } from "./limit-address.ts";
import { readCredential } from "./read-credential.ts";
import { cachedPublicAnswer, reportCache } from "./shared-cache.ts";
import { routeMap, type MappedRoute } from "./route-map.generated.ts";

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
  request: Request,
  route: MappedRoute,
  passage: Passage,
): Promise<Response | Failure> => {
  const { env, config } = passage;
  const client = clientOf(request, config);
  const limited = route.limit === "address";
  const refused = limited ? await chargeAnonymous(client, passage) : null;
  if (refused !== null) return refused;
  const ask = (asked: Request, caller: Caller) =>
    forward(doorFor(route.service, passage), asked, route, caller, passage);
  const answer = await (route.cached
    ? cachedPublicAnswer(request, route, env, passage.waitUntil, ask)
    : ask(request, { kind: "anonymous", client }));
  if (answer instanceof Failure) return answer;
  const response = answer instanceof Response ? answer : responseOf(answer);
  if (!limited) return response;
  for (const [name, value] of Object.entries(addressPolicy(scaleOf(passage))))
    response.headers.set(name, value);
  return response;
};

/** Guessing costs the address it comes from; past its limit a wrong guess is not even called wrong. */
const chargeRefusal = async (
  failure: Failure,
  request: Request,
  passage: Passage,
): Promise<Failure> => {
  if (failure.code !== "invalid_token") return failure;
  const client = clientOf(request, passage.config);
  return (await limitAddress(passage.env.REFUSED, client, scaleOf(passage))) ?? failure;
};

const signInFirst = (): Failure =>
  new Failure("unauthenticated", "Sign in to do this.", {
    headers: { "www-authenticate": "Bearer" },
  });

const serveKnown = async (
  request: Request,
  route: MappedRoute,
  passage: Passage,
): Promise<Response | Failure> => {
  const { config } = passage;
  if (config === null) return new Failure("misconfigured", "The gateway is not set up.");
  const shown = await readCredential(request, passage.env, config, passage.now);
  if (shown === null)
    return (await chargeAnonymous(clientOf(request, config), passage)) ?? signInFirst();
  if (shown instanceof Failure) return chargeRefusal(shown, request, passage);
  const entry = await admit(shown, route, passage);
  if (entry instanceof Failure) return chargeRefusal(entry, request, passage);
  if (route.access === "admin" && entry.granted.role !== "admin") {
    settle(entry, passage);
    return new Failure("forbidden", "Only an administrator may do this.");
  }
  return answerEntry(request, route, entry, passage);
};

const serveMapped = async (
  request: Request,
  route: MappedRoute,
  passage: Passage,
): Promise<Response> => {
  const { trace, log } = passage;
  let answer: Response | Failure;
  try {
    answer =
      route.access === "public"
        ? await servePublic(request, route, passage)
        : await serveKnown(request, route, passage);
  } catch (error) {
    // A throw across a binding is an outage of the service behind it: services catch their own bugs.
    log.error("service failed", { peer: route.service, error });
    answer = new Failure("unavailable", "A service behind this route does not answer.");
  }
  return answer instanceof Failure ? problemResponse(answer, trace.requestId) : answer;
};

/** Finds out what a request is for and has it answered. */
export const serve = async (request: Request, passage: Passage): Promise<Response> => {
  const { requestId } = passage.trace;
  reportCache(passage.env, passage.waitUntil);
  const found = await match(request);
  if (found.entry !== null) return serveMapped(request, found.entry, passage);
  return documentAt(request, requestId) ?? problemResponse(unmatched(found.allow), requestId);
};
