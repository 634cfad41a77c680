import { expect, it } from "vitest";

import { banner } from "./banner.ts";

const settings = {
  port: 48787,
  mailPort: 48025,
  lemonPort: 48026,
  stateDir: "/state",
  rateLimitScale: 1,
  lemonTimeScale: 1,
};

it("begins with the line that says the mesh is ready, and fits 80 columns", () => {
  const lines = banner(settings, "", "4.6").split("\n");
  expect(lines[1]).toMatch(/^Luna Mesh ready/);
  expect(lines.filter((line) => line.length > 80)).toEqual([]);
});

it("shows where to look", () => {
  const text = banner(settings, "ada@luna.test", "4.6");
  expect(text).toContain("http://localhost:48787/docs");
  expect(text).toContain("http://localhost:48025");
  expect(text).toContain("http://localhost:48026");
  expect(text).toContain("ada@luna.test");
});
