import { existsSync } from "node:fs";
import { join } from "node:path";

import type { Route } from "@luna/shared/http/route";

import type { Service } from "../service.ts";

/** A line of a route table with the service that owns it. */
export interface OwnedRoute {
  service: string;
  route: Route<never>;
}

/** Which group of the reference page a service's routes appear under, in reading order. */
export const TAGS: Readonly<Record<string, string>> = {
  auth: "Auth",
  users: "Users",
  "billing-webhook": "Billing",
  mailer: "Mail",
  scheduler: "Scheduled tasks",
  gateway: "System",
};

/** The route tables themselves, loaded from source: handlers never run here. */
export const loadRoutes = async (services: readonly Service[]): Promise<OwnedRoute[]> => {
  const owned: OwnedRoute[] = [];
  for (const service of Object.keys(TAGS)) {
    const folder = services.find(({ name }) => name === service)?.folder;
    const file = folder === undefined ? "" : join(folder, "src/routes.ts");
    if (!existsSync(file)) continue;
    const { routes } = (await import(file)) as { routes: readonly Route<never>[] };
    for (const route of routes) owned.push({ service, route });
  }
  return owned;
};
