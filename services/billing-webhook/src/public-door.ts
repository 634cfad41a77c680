import { addressKey } from "@luna/shared/address-key";
import { Failure, problemResponse } from "@luna/shared/http/problem";
import { discardBody } from "@luna/shared/http/read-body";
import { reply, replyResponse } from "@luna/shared/http/reply";
import { secured } from "@luna/shared/http/security-headers";
import type { Caller } from "@luna/shared/rpc/caller";
import { traceFromHeaders, withTrace } from "@luna/shared/trace";

import type { Env } from "./env.ts";
import { service } from "./service.ts";

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

const health = async (env: Env): Promise<Response> => {
  const own = await service.health(env);
  return replyResponse(reply(own.status === "healthy" ? 200 : 503, own));
};

/** The native limit counts in windows of a minute and tells nothing but yes or no. */
const WINDOW_S = 60;

/** Before the body is read. A limit that is away lets everybody pass: the signature still stands. */
const isFlood = async (env: Env, { client }: Caller): Promise<boolean> => {
  try {
    return !(await env.FLOOD.limit({ key: addressKey(client.address) })).success;
  } catch {
    return false;
  }
};

const webhook = async (
  env: Env,
  ctx: ExecutionContext,
  request: Request,
  requestId: string,
): Promise<Response> => {
  const caller = visitor(request);
  if (await isFlood(env, caller))
    return problemResponse(
      new Failure("rate_limited", "Too many requests from this address.", {
        headers: { "retry-after": String(WINDOW_S) },
      }),
      requestId,
    );
  return service.handle(env, ctx, request, caller);
};

const answer = (env: Env, ctx: ExecutionContext, request: Request, requestId: string) => {
  const { pathname } = new URL(request.url);
  if (pathname === "/webhooks/lemonsqueezy") return webhook(env, ctx, request, requestId);
  if (pathname === "/health" && request.method === "GET") return health(env);
  // Everything else this service does is behind the gateway, which knows who is asking.
  return problemResponse(new Failure("not_found", "There is nothing here."), requestId);
};

/** Plain HTTP: the webhook and the service's own health, whether or not the gateway lives. */
export const openDoor = async (
  env: Env,
  ctx: ExecutionContext,
  request: Request,
): Promise<Response> => {
  const trace = traceFromHeaders(request.headers);
  const traced = withTrace(request, trace);
  const response = await answer(env, ctx, traced, trace.requestId);
  await discardBody(traced);
  return secured(response, trace.requestId);
};
