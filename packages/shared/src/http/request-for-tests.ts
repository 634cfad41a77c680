import { createLogger } from "../logger/logger.ts";
import type { Caller, Client } from "../rpc/caller.ts";
import { responseOf } from "../rpc/exchange.ts";
import { newTrace } from "../trace.ts";
import { arrivalOf } from "./arrival.ts";
import type { Route } from "./route.ts";
import { createRouter, type RequestContext } from "./router.ts";

const client: Client = { address: "192.0.2.1", region: null, userAgent: "test", language: "en" };

export const anonymous: Caller = { kind: "anonymous", client };
export const user: Caller = {
  ...anonymous,
  kind: "user",
  userId: "00u",
  credential: { kind: "session", sessionId: "00s" },
  role: "user",
  tier: "free",
};
export const admin: Caller = { ...user, role: "admin" };

/** What a handler has, with the log lines it wrote. */
export const contextOf = (caller: Caller): { context: RequestContext; lines: string[] } => {
  const lines: string[] = [];
  const write = (line: string) => lines.push(line);
  const log = createLogger({ service: "test", version: "1", clock: () => 0, write });
  return { context: { caller, trace: newTrace("request-1"), log, now: 0 }, lines };
};

/** What these routes answer to a request. */
export const ask = async (
  routes: readonly Route<RequestContext>[],
  request: Request,
  context: RequestContext,
): Promise<Response> => responseOf(await createRouter(routes)(arrivalOf(request), context));

export const jsonRequest = (method: string, path: string, body: string): Request =>
  new Request(`https://a.test${path}`, {
    method,
    body,
    headers: { "content-type": "application/json" },
  });
