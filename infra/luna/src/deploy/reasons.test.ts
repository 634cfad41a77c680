import { describe, expect, it } from "vitest";

import type { Bundle } from "./bundle.ts";
import { reasonsFor } from "./reasons.ts";

const bundle: Bundle = {
  files: ["services/users/src/index.ts", "packages/shared/src/id.ts"],
  packages: ["itty-router@6.0.0", "valibot@1.5.0"],
};

type Files = Record<string, string>;

const reasons = (before: Files, after: Files): string[] => {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return reasonsFor("services/users", bundle, {
    files: [...names].filter((name) => before[name] !== after[name]),
    before: (path) => before[path] ?? null,
    after: (path) => after[path] ?? null,
  });
};

const lock = (valibot: string, wrangler: string): string => `
importers:
  .:
    devDependencies:
      wrangler: { specifier: ${wrangler}, version: ${wrangler}(@types/node@24.10.1) }
  packages/shared:
    dependencies:
      itty-router: { specifier: 6.0.0, version: 6.0.0 }
  services/users:
    dependencies:
      '@luna/shared': { specifier: 'workspace:*', version: link:../../packages/shared }
      valibot: { specifier: ${valibot}, version: ${valibot}(typescript@7.0.2) }
snapshots:
  itty-router@6.0.0: {}
  valibot@${valibot}(typescript@7.0.2): {}
`;

describe("a service is affected by", () => {
  it("a file its bundle contains, of its own or shared", () => {
    expect(
      reasons({ "packages/shared/src/id.ts": "1" }, { "packages/shared/src/id.ts": "2" }),
    ).toEqual(["bundles packages/shared/src/id.ts"]);
  });

  it("a new migration", () => {
    const file = "services/users/migrations/0002_teams/up.sql";
    expect(reasons({}, { [file]: "CREATE TABLE teams (id TEXT);" })).toEqual([
      "migration 0002_teams/up.sql",
    ]);
  });

  it("another value in its configuration", () => {
    const file = "services/users/wrangler.jsonc";
    expect(reasons({ [file]: `{"vars":{"A":"1"}}` }, { [file]: `{"vars":{"A":"2"}}` })).toEqual([
      "wrangler.jsonc changed",
    ]);
  });

  it("another version of an npm package in its bundle", () => {
    expect(
      reasons(
        { "pnpm-lock.yaml": lock("1.4.0", "4.1.0") },
        { "pnpm-lock.yaml": lock("1.5.0", "4.1.0") },
      ),
    ).toEqual(["bundles valibot@1.5.0, which is new"]);
  });

  it("another bundler", () => {
    expect(
      reasons(
        { "pnpm-lock.yaml": lock("1.5.0", "4.1.0") },
        { "pnpm-lock.yaml": lock("1.5.0", "4.2.0") },
      ),
    ).toEqual(["built by wrangler 4.2.0 instead of 4.1.0"]);
  });

  it("a shared package that resolves its imports elsewhere", () => {
    const file = "packages/shared/package.json";
    expect(
      reasons(
        { [file]: `{"exports":{"./*":"./src/*.ts"}}` },
        { [file]: `{"exports":{"./*":"./lib/*.ts"}}` },
      ),
    ).toEqual(["packages/shared/package.json resolves differently"]);
  });
});

describe("a service is not affected by", () => {
  it.each([
    ["a test beside its source", "services/users/src/index.test.ts", "1", "2"],
    ["its README", "services/users/README.md", "1", "2"],
    ["a shared file that its bundle leaves out", "packages/shared/src/token/claims.ts", "1", "2"],
    ["another service", "services/auth/src/index.ts", "1", "2"],
    ["taking a migration back", "services/users/migrations/0001_users/down.sql", "1", "2"],
    [
      "a comment in its configuration",
      "services/users/wrangler.jsonc",
      "{ /* a */ }",
      "{ /* b */ }",
    ],
    [
      "a script in a package.json",
      "packages/shared/package.json",
      "{}",
      `{"scripts":{"test":"x"}}`,
    ],
    ["a stricter type check", "tsconfig.base.json", "{}", `{"compilerOptions":{"strict":true}}`],
    [
      "a package it does not bundle",
      "pnpm-lock.yaml",
      lock("1.5.0", "4.1.0"),
      `${lock("1.5.0", "4.1.0")}  vitest@5.1.0: {}\n`,
    ],
  ])("%s", (_, file, before, after) => {
    expect(reasons({ [file]: before }, { [file]: after })).toEqual([]);
  });
});
