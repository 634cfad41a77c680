import { checkEnv } from "@luna/shared/env";
import { pathOf } from "@luna/shared/http/match";
import { discardBody } from "@luna/shared/http/read-body";
import { secured } from "@luna/shared/http/security-headers";
import { createLogger, tracedLogger } from "@luna/shared/logger/logger";
import { traceFromHeaders } from "@luna/shared/trace";

import { allowOrigin, preflight } from "./cors.ts";
import { Config, type Env } from "./env.ts";
import { serve } from "./serve.ts";

export { CacheStats } from "@luna/shared/cache/cache-stats";

/** A HEAD is answered as the GET it asks about, and the runtime leaves the body out. */
const asGet = ({ url, headers, cf }: Request): Request =>
  new Request(url, { headers, ...(cf === undefined ? {} : { cf }) });

/** The public door: who is calling, and to which service. Nobody calls it by RPC, so it is no class. */
export default {
  async fetch(request: Request, env: Env, ctx: ExecutionContext): Promise<Response> {
    const now = Date.now();
    const trace = traceFromHeaders(request.headers);
    const logger = createLogger({ service: "gateway", version: env.VERSION.id });
    const log = tracedLogger(logger, trace);
    const checked = checkEnv(env, Config);
    if (!checked.ok)
      for (const { variable, problem } of checked.problems)
        log.error("misconfigured", { variable, problem });

    const origins = checked.ok ? checked.value.CORS_ORIGINS : [];
    const config = checked.ok ? checked.value : null;
    const response =
      request.method === "OPTIONS"
        ? preflight(request, origins)
        : await serve(request.method === "HEAD" ? asGet(request) : request, {
            env,
            config,
            trace,
            log,
            now,
            waitUntil: (work) => ctx.waitUntil(work),
          });

    if (request.body !== null) await discardBody(request);
    const answer = secured(response, trace.requestId);
    allowOrigin(answer.headers, request.headers, origins);
    log.info("request", {
      method: request.method,
      path: pathOf(request.url),
      status: answer.status,
      ms: Date.now() - now,
    });
    return answer;
  },
} satisfies ExportedHandler<Env>;
