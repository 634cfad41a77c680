import type { Service, WranglerConfig } from "./service.ts";

/** The Workers a configuration cannot be deployed without: its bindings and borrowed objects. */
export const callees = (config: WranglerConfig): string[] => {
  const called = (config.services ?? []).map((binding) => binding.service);
  const owners = (config.durable_objects?.bindings ?? []).flatMap((b) => b.script_name ?? []);
  return [...new Set([...called, ...owners])].filter((name) => name !== config.name).sort();
};

export class CallCycle extends Error {
  constructor(path: readonly string[]) {
    super(`services call each other in a circle: ${path.join(" → ")}`);
  }
}

/**
 * Callee before caller, because a Worker cannot be bound to one that does not exist yet.
 * Ties keep the alphabet, so the order is the same everywhere. Throws `CallCycle`.
 */
export const calleeFirst = <S extends Pick<Service, "name" | "config">>(services: S[]): S[] => {
  const byName = new Map(services.map((service) => [service.name, service]));
  const ordered: S[] = [];
  const visit = (service: S, path: readonly string[]): void => {
    if (path.includes(service.name))
      throw new CallCycle([...path.slice(path.indexOf(service.name)), service.name]);
    if (ordered.includes(service)) return;
    for (const name of callees(service.config)) {
      const callee = byName.get(name);
      if (callee !== undefined) visit(callee, [...path, service.name]);
    }
    ordered.push(service);
  };
  for (const service of services.toSorted((a, b) => a.name.localeCompare(b.name)))
    visit(service, []);
  return ordered;
};
