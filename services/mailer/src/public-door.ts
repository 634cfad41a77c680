import { Failure, problemResponse } from "@luna/shared/http/problem";
import { discardBody } from "@luna/shared/http/read-body";
import { reply, replyResponse } from "@luna/shared/http/reply";
import { secured } from "@luna/shared/http/security-headers";
import type { Caller } from "@luna/shared/rpc/caller";
import { traceFromHeaders, withTrace } from "@luna/shared/trace";

import type { Env } from "./env.ts";
import { service } from "./service.ts";

const provider = (request: Request): Caller => ({
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

const answer = (env: Env, ctx: ExecutionContext, request: Request, requestId: string) => {
  const { pathname } = new URL(request.url);
  if (pathname === "/webhooks/sendgrid")
    return service.handle(env, ctx, request, provider(request));
  if (pathname === "/health" && request.method === "GET") return health(env);
  // Everything else this service does is behind the gateway, which knows who is asking.
  return problemResponse(new Failure("not_found", "There is nothing here."), requestId);
};

/** Plain HTTP: the provider's events and the service's own health, whether or not the gateway lives. */
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
