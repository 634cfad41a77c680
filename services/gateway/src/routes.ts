import { reply, type Reply } from "@luna/shared/http/reply";
import { routesOf } from "@luna/shared/http/route";
import type { RequestContext } from "@luna/shared/http/router";
import type { CacheStatsDoor } from "@luna/shared/cache/stats-report";
import type { JwkSet } from "@luna/shared/token/keys";
import * as v from "valibot";

import { MeshHealth } from "./health.ts";

/** What the gateway's own routes have at hand. */
export interface GatewayContext extends RequestContext {
  health(): Promise<MeshHealth>;
  publicKeys(): Promise<JwkSet>;
  cacheStats: Pick<CacheStatsDoor, "report" | "resetCircuitBreaker">;
}

const Count = v.pipe(v.number(), v.integer());
const CacheMetrics = v.strictObject({
  hits: Count,
  misses: Count,
  errors: Count,
  fallbacks: Count,
  corrupt: Count,
  hitRate: v.number(),
  circuitBreakerState: v.picklist(["CLOSED", "OPEN", "HALF_OPEN"]),
  circuitBreakerFailures: Count,
});
const STATES = { closed: "CLOSED", open: "OPEN", half_open: "HALF_OPEN" } as const;

const cacheMetrics = async ({ cacheStats }: GatewayContext): Promise<Reply> => {
  const report = await cacheStats.report();
  return reply(200, { ...report, circuitBreakerState: STATES[report.circuitBreakerState] });
};

const Jwk = v.strictObject({
  kty: v.literal("EC"),
  crv: v.literal("P-256"),
  x: v.string(),
  y: v.string(),
  kid: v.string(),
  use: v.literal("sig"),
  alg: v.literal("ES256"),
});

/** Verifiers elsewhere may keep the keys this long; a standby key is published well before. */
const JWKS_CACHE = "public, max-age=600";

const route = routesOf<GatewayContext>();

/** What the gateway answers itself. Pages and the document are not part of the API it describes. */
export const routes = [
  route({
    method: "GET",
    path: "/health",
    access: "public",
    limit: "none",
    summary: "How every service and its storage is",
    answers: { 200: MeshHealth, 503: MeshHealth },
    handler: async (_input, context): Promise<Reply> => {
      const health = await context.health();
      return reply(health.status === "healthy" ? 200 : 503, health);
    },
  }),
  route({
    method: "GET",
    path: "/.well-known/jwks.json",
    access: "public",
    limit: "none",
    summary: "The public keys our access tokens are signed with",
    answers: { 200: v.strictObject({ keys: v.array(Jwk) }) },
    handler: async (_input, context): Promise<Reply> =>
      reply(200, await context.publicKeys(), { "cache-control": JWKS_CACHE }),
  }),
  route({
    method: "GET",
    path: "/v1/admin/cache/metrics",
    alias: "/api/cache/metrics",
    access: "admin",
    summary: "What the caches of all isolates did, and how their circuits are",
    answers: { 200: CacheMetrics },
    handler: (_input, context) => cacheMetrics(context),
  }),
  route({
    method: "POST",
    path: "/v1/admin/cache/reset-circuit-breaker",
    alias: "/api/admin/cache/reset-circuit-breaker",
    access: "admin",
    summary: "Close the circuit of every isolate within ten seconds",
    answers: { 200: CacheMetrics },
    handler: async (_input, context): Promise<Reply> => {
      const { cacheStats, caller, log } = context;
      await cacheStats.resetCircuitBreaker();
      log.audit("cache.circuit_reset", { userId: caller.kind === "user" ? caller.userId : null });
      return cacheMetrics(context);
    },
  }),
];
