import { basename } from "node:path";

import { ROOT } from "luna/root";
import { readServices } from "luna/service";
import { describe, expect, it } from "vitest";

const services = readServices(ROOT);

/** DESIGN §1, "who may call whom", with the trust level each caller gets. */
const ARROWS = [
  "auth → mailer#ForServices",
  "auth → users#ForAuth",
  "billing-webhook → mailer#ForServices",
  "billing-webhook → users#ForBilling",
  "gateway → auth#ForGateway",
  "gateway → billing-webhook#ForGateway",
  "gateway → mailer#ForGateway",
  "gateway → scheduler#ForGateway",
  "gateway → users#ForGateway",
  "scheduler → auth#ForScheduler",
  "scheduler → billing-webhook#ForScheduler",
  "scheduler → mailer#ForScheduler",
  "scheduler → users#ForScheduler",
  "users → mailer#ForServices",
];

const PUBLIC = ["billing-webhook", "gateway", "mailer"];

describe("the graph of the six Workers", () => {
  it("has exactly the arrows of the design, each to its own trust level", () => {
    const arrows = services.flatMap(({ name, config }) =>
      (config.services ?? []).map(
        ({ service, entrypoint }) => `${name} → ${service}#${entrypoint}`,
      ),
    );
    expect(arrows.sort()).toEqual(ARROWS);
  });

  it("tells every callee who calls", () => {
    for (const { name, config } of services)
      for (const binding of config.services ?? [])
        expect(binding, `${name}.${binding.binding}`).toMatchObject({ props: { caller: name } });
  });

  it("has no cycle", () => {
    const callees = new Map(
      services.map(({ name, config }) => [name, (config.services ?? []).map((s) => s.service)]),
    );
    const visit = (name: string, path: readonly string[]): void => {
      expect(path, `cycle: ${[...path, name].join(" → ")}`).not.toContain(name);
      for (const callee of callees.get(name) ?? []) visit(callee, [...path, name]);
    };
    for (const { name } of services) visit(name, []);
  });

  it("names every Worker after its folder", () => {
    expect(services.map(({ name }) => name)).toEqual(
      services.map(({ folder }) => basename(folder)),
    );
    expect(services).toHaveLength(6);
  });

  it("gives private Workers no public door", () => {
    for (const { name, config } of services) {
      expect(config["preview_urls"], name).toBe(false);
      if (PUBLIC.includes(name)) continue;
      expect(config["workers_dev"], name).toBe(false);
      expect(config["route"] ?? config["routes"], name).toBeUndefined();
    }
  });

  it("gives every database exactly one owner", () => {
    const owned = services.flatMap(({ config }) =>
      (config.d1_databases ?? []).map(({ database_name }) => database_name),
    );
    expect(owned.sort()).toEqual([
      "luna-auth",
      "luna-billing",
      "luna-mail",
      "luna-scheduler",
      "luna-users",
    ]);
  });

  it("runs every Worker on the same compatibility date with logs on and no query strings in them", () => {
    for (const { name, config } of services) {
      expect(config["compatibility_date"], name).toBe("2026-11-01");
      expect(config["observability"], name).toMatchObject({
        enabled: true,
        redact_query_string: true,
      });
      expect(config["version_metadata"], name).toEqual({ binding: "VERSION" });
    }
  });
});
