import { limitOf } from "./operation.ts";
import type { OwnedRoute } from "./service-routes.ts";

const lineOf = ({ service, route }: OwnedRoute, path: string): string =>
  "  " +
  [
    `{ method: "${route.method}"`,
    `path: "${path}"`,
    `target: ${path === route.path ? "null" : `"${route.path}"`}`,
    `service: "${service}"`,
    `access: "${route.access}"`,
    `limit: "${limitOf(route)}"`,
    `cached: ${route.cached === true} },`,
  ].join(", ");

/** What is kept for everybody is kept by path alone, so that nobody can fill the cache with variants. */
const checked = (owned: OwnedRoute): OwnedRoute => {
  const { method, path, access, cached, params, query } = owned.route;
  const varies = params !== undefined || query !== undefined;
  if (cached === true && access === "public" && varies)
    throw new TypeError(`${method} ${path}: a public answer that varies cannot be cached`);
  return owned;
};

const linesOf = (owned: OwnedRoute): string[] => {
  const { path, alias } = owned.route;
  return [path, ...(alias === undefined ? [] : [alias])].map((known) => lineOf(owned, known));
};

/** The gateway's copy of everybody's route tables: enough to know whom to ask and who may ask. */
export const routeMap = (owned: readonly OwnedRoute[]): string =>
  [
    "// Made by `pnpm generate` from services/*/src/routes.ts. Do not edit.",
    'import type { Access, Method, RouteLimit } from "@luna/shared/http/route";',
    "",
    'import type { Service } from "./doors.ts";',
    "",
    "/** One route and the service that answers it. */",
    "export interface MappedRoute {",
    "  method: Method;",
    "  path: string;",
    "  /** The path the service knows it by, when this one is an alias. */",
    "  target: string | null;",
    "  service: Service;",
    "  access: Access;",
    "  limit: RouteLimit;",
    "  cached: boolean;",
    "}",
    "",
    "export const routeMap: readonly MappedRoute[] = [",
    ...owned.map(checked).flatMap(linesOf),
    "];",
    "",
  ].join("\n");
