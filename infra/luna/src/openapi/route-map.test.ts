import { reply } from "@luna/shared/http/reply";
import { routesOf } from "@luna/shared/http/route";
import * as v from "valibot";
import { describe, expect, it } from "vitest";

import { routeMap } from "./route-map.ts";

const route = routesOf<never>();
const prices = {
  method: "GET",
  path: "/v1/prices",
  access: "public",
  cached: true,
  summary: "The prices",
  answers: { 200: null },
  handler: () => Promise.resolve(reply(200, null)),
} as const;

const mapOf = (change: object) =>
  routeMap([{ service: "billing-webhook", route: route({ ...prices, ...change }) }]);

describe("the route map", () => {
  it("names a route once for each of its paths", () => {
    const lines = mapOf({ alias: "/prices" })
      .split("\n")
      .filter((line) => line.includes("{ method"));
    expect(lines).toEqual([
      expect.stringContaining('path: "/v1/prices", target: null'),
      expect.stringContaining('path: "/prices", target: "/v1/prices"'),
    ]);
  });

  it.each([
    ["a query", { query: v.strictObject({ page: v.string() }) }],
    ["parameters", { path: "/v1/prices/:tier", params: v.strictObject({ tier: v.string() }) }],
  ])("has no answer that is kept for everybody and varies by %s", (_what, change) => {
    expect(() => mapOf(change)).toThrow("cannot be cached");
    expect(mapOf({ ...change, cached: false })).toContain("cached: false");
    expect(mapOf({ ...change, access: "user" })).toContain("cached: true");
  });
});
