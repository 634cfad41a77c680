import { addressKey } from "../address-key.ts";
import type { Caller } from "../rpc/caller.ts";
import type { Health } from "../rpc/door.ts";
import { responseOf } from "../rpc/exchange.ts";
import { traceFromHeaders, withTrace } from "../trace.ts";
import { Failure, problemResponse } from "./problem.ts";
import { discardBody } from "./read-body.ts";
import { reply, replyAnswer } from "./reply.ts";
import { secured } from "./security-headers.ts";

interface DoorEnv {
  /** Requests a minute, per visitor. */
  FLOOD: { limit(options: { key: string }): Promise<{ success: boolean }> };
}

interface Behind<Env> {
  handle(env: Env, ctx: ExecutionContext, request: Request, caller: Caller): Promise<Response>;
  health(env: Env): Promise<Health>;
}

/** The native limit counts in windows of a minute and tells nothing but yes or no. */
const WINDOW_S = 60;

/** The address the edge saw; a header only the platform can set in production. */
const visitor = (request: Request): Caller => ({
  kind: "anonymous",
  client: {
    address: request.headers.get("cf-connecting-ip") ?? "",
    region: null,
    userAgent: request.headers.get("user-agent") ?? "",
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
  const health = async (env: Env): Promise<Response> => {
    const own = await service.health(env);
    return responseOf(replyAnswer(reply(own.status === "healthy" ? 200 : 503, own)));
  };

  const answer = async (
    env: Env,
    ctx: ExecutionContext,
    request: Request,
    requestId: string,
  ): Promise<Response> => {
    const caller = visitor(request);
    if (await isFlood(env, caller)) return problemResponse(flooded(), requestId);
    const { pathname } = new URL(request.url);
    if (pathname === webhook) return service.handle(env, ctx, request, caller);
    if (pathname === "/health" && request.method === "GET") return health(env);
    // Everything else a service does is behind the gateway, which knows who is asking.
    return problemResponse(new Failure("not_found", "There is nothing here."), requestId);
  };

  return async (env: Env, ctx: ExecutionContext, request: Request): Promise<Response> => {
    const trace = traceFromHeaders(request.headers);
    const traced = withTrace(request, trace);
    const response = await answer(env, ctx, traced, trace.requestId);
    await discardBody(traced);
    return secured(response, trace.requestId);
  };
};
