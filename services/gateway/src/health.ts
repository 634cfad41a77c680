import { within } from "@luna/shared/deadline";
import type { Health } from "@luna/shared/rpc/door";
import * as v from "valibot";

import { peersOf, type Env } from "./env.ts";

/** API.md promises an answer within one second even when a service hangs. */
const PROBE_MS = 800;
/** One round of probes per second and isolate, however many ask. */
const FRESH_MS = 1_000;

const Status = v.picklist(["healthy", "unhealthy"]);
const ServiceHealth = v.strictObject({ status: Status, version: v.string() });

export const MeshHealth = v.strictObject({
  status: Status,
  checks: v.strictObject({
    database: v.boolean(),
    cache: v.boolean(),
    timestamp: v.pipe(v.string(), v.isoTimestamp()),
    services: v.record(v.string(), ServiceHealth),
  }),
  version: v.string(),
});
export type MeshHealth = v.InferOutput<typeof MeshHealth>;

/** The last finished round, never a running one: promises do not cross requests on workerd. */
let last: { at: number; health: MeshHealth } | undefined;

const DOWN: Health = { status: "unhealthy", version: "unknown", checks: {} };

const inTime = <T>(probe: Promise<T>, otherwise: T): Promise<T> =>
  within(
    PROBE_MS,
    probe.catch(() => otherwise),
    () => otherwise,
  );

const probe = async (env: Env, configured: boolean, now: number): Promise<MeshHealth> => {
  const [cache, ...doors] = await Promise.all([
    inTime(
      env.CACHE.get("health").then(() => true),
      false,
    ),
    ...Object.entries(peersOf(env)).map(async ([name, door]) => {
      const { status, version, checks } = await inTime(door.health(), DOWN);
      return { name, status, version, database: checks["database"] === true };
    }),
  ]);
  const own = configured && cache ? ("healthy" as const) : ("unhealthy" as const);
  const services: MeshHealth["checks"]["services"] = {
    gateway: { status: own, version: env.VERSION.id },
  };
  for (const { name, status, version } of doors) services[name] = { status, version };
  const healthy = Object.values(services).every(({ status }) => status === "healthy");
  return {
    status: healthy ? "healthy" : "unhealthy",
    checks: {
      database: doors.every(({ database }) => database),
      cache,
      timestamp: new Date(now).toISOString(),
      services,
    },
    version: env.VERSION.id,
  };
};

/** How the mesh is, at most a second old. */
export const meshHealth = async (
  env: Env,
  configured: boolean,
  now: number,
): Promise<MeshHealth> => {
  if (last !== undefined && now - last.at < FRESH_MS) return last.health;
  const health = await probe(env, configured, now);
  last = { at: now, health };
  return health;
};
