import { addressKey } from "../address-key.ts";
import type { Caller } from "../rpc/caller.ts";
import type { Health } from "../rpc/door.ts";
import type { Answered } from "../rpc/exchange.ts";
import { traceFromHeaders, type Trace } from "../trace.ts";
import { arrivalOf, type Arrival } from "./arrival.ts";
import { createDeparture } from "./departure.ts";
import { Failure, problemAnswer } from "./problem.ts";
import { discardBody } from "./read-body.ts";
import { reply, replyAnswer } from "./reply.ts";

interface DoorEnv {
  /** Requests a minute, per visitor. */
  FLOOD: { limit(options: { key: string }): Promise<{ success: boolean }> };
}

interface Behind<Env> {
  handle(
    env: Env,
    ctx: ExecutionContext,
    arrival: Arrival,
    caller: Caller,
    trace: Trace,
  ): Promise<Answered>;
  health(env: Env): Promise<Health>;
}

/** The native limit counts in windows of a minute and tells nothing but yes or no. */
const WINDOW_S = 60;

/** The address the edge saw; a header only the platform can set in production. */
const visitor = ({ headers }: Arrival): Caller => ({
  kind: "anonymous",
  client: {
    address: headers.get("cf-connecting-ip") ?? "",
    region: null,
    userAgent: headers.get("user-agent") ?? "",
    language: "en",
  },
});

/** A limit that is away lets everybody pass: the signature still stands. */
const isFlood = async (env: DoorEnv, { client }: Caller): Promise<boolean> => {
  try {
    return !(await env.FLOOD.limit({ key: addressKey(client.address) })).success;
  } catch {
    return false;
  }
};

const flooded = (): Failure =>
  new Failure("rate_limited", "Too many requests from this address.", {
    headers: { "retry-after": String(WINDOW_S) },
  });

/**
 * A service's own door to the world: one webhook and its health, over plain HTTP, whether or not the
 * gateway lives. A flood is turned away before a byte is read or the database asked.
 */
export const publicDoor = <Env extends DoorEnv>(service: Behind<Env>, webhook: string) => {
  const depart = createDeparture();

  const health = async (env: Env): Promise<Answered> => {
    const own = await service.health(env);
    return replyAnswer(reply(own.status === "healthy" ? 200 : 503, own));
  };

  const answer = async (
    env: Env,
    ctx: ExecutionContext,
    arrival: Arrival,
    trace: Trace,
  ): Promise<Answered> => {
    const caller = visitor(arrival);
    if (await isFlood(env, caller)) return problemAnswer(flooded(), trace.requestId);
    if (arrival.path === webhook) return service.handle(env, ctx, arrival, caller, trace);
    if (arrival.path === "/health" && arrival.method === "GET") return health(env);
    // Everything else a service does is behind the gateway, which knows who is asking.
    return problemAnswer(new Failure("not_found", "There is nothing here."), trace.requestId);
  };

  return async (env: Env, ctx: ExecutionContext, request: Request): Promise<Response> => {
    const arrival = arrivalOf(request);
    const trace = traceFromHeaders(arrival.headers);
    const answered = await answer(env, ctx, arrival, trace);
    await discardBody(request);
    return depart(answered, trace.requestId);
  };
};
