import { checkEnv } from "@luna/shared/env";
import { arrivalOf } from "@luna/shared/http/arrival";
import { createDeparture } from "@luna/shared/http/departure";
import { discardBody } from "@luna/shared/http/read-body";
import { createLogger, tracedLogger } from "@luna/shared/logger/logger";
import { traceFromHeaders } from "@luna/shared/trace";

import { allowOrigin, preflight, VARY } from "./cors.ts";
import { Config, type Env } from "./env.ts";
import { serve } from "./serve.ts";

export { CacheStats } from "@luna/shared/cache/cache-stats";

const depart = createDeparture(VARY);

/** The public door: who is calling, and to which service. Nobody calls it by RPC, so it is no class. */
export default {
  async fetch(request: Request, env: Env, ctx: ExecutionContext): Promise<Response> {
    const now = Date.now();
    const arrival = arrivalOf(request);
    const { method, path, headers } = arrival;
    const trace = traceFromHeaders(headers);
    const logger = createLogger({ service: "gateway", version: env.VERSION.id });
    const log = tracedLogger(logger, trace);
    const checked = checkEnv(env, Config);
    if (!checked.ok)
      for (const { variable, problem } of checked.problems)
        log.error("misconfigured", { variable, problem });

    const origins = checked.ok ? checked.value.CORS_ORIGINS : [];
    const config = checked.ok ? checked.value : null;
    const answer =
      method === "OPTIONS"
        ? preflight(headers, origins)
        : // A HEAD is answered as the GET it asks about, and the runtime leaves the body out.
          await serve(method === "HEAD" ? { ...arrival, method: "GET" } : arrival, {
            env,
            config,
            trace,
            log,
            now,
            waitUntil: (work) => ctx.waitUntil(work),
          });

    if (request.body !== null) await discardBody(request);
    const response = depart(answer, trace.requestId);
    allowOrigin(response.headers, headers, origins);
    log.info("request", { method, path, status: answer.status, ms: Date.now() - now });
    return response;
  },
} satisfies ExportedHandler<Env>;
