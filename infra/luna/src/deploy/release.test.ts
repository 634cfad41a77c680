import { describe, expect, it } from "vitest";

import type { Service } from "../service.ts";
import { firstDeploy, labelOf, releaseOf, shellLine } from "./release.ts";

const service = (name: string, database?: string): Service => ({
  name,
  folder: `/mesh/services/${name}`,
  config: {
    name,
    main: "src/index.ts",
    ...(database === undefined
      ? {}
      : { d1_databases: [{ binding: "DB", database_name: database, database_id: database }] }),
  },
});

describe("releaseOf", () => {
  it("is the recorded list of commands", () => {
    const label = labelOf("0123456789abcdef0123456789abcdef01234567", "feat(users): it's new");
    const { service: name, ...commands } = releaseOf(
      service("users", "luna-users"),
      label,
      "/mesh",
    );
    const lines = Object.values(commands).map((argv) => (argv === null ? "" : shellLine(argv)));
    expect([name, ...lines]).toEqual([
      "users",
      "luna migrate up --remote --service users",
      "wrangler versions upload --config services/users/wrangler.jsonc --tag 0123456789ab --message 'feat(users): it'\\''s new' --strict",
      "wrangler versions deploy --config services/users/wrangler.jsonc --version-tag 0123456789ab@100 --yes",
      "wrangler triggers deploy --config services/users/wrangler.jsonc",
      "wrangler rollback --config services/users/wrangler.jsonc --message 'undo 0123456789ab' --yes",
    ]);
  });

  it("migrates nothing for a service without tables", () => {
    expect(releaseOf(service("gateway"), labelOf("abc", "x"), "/mesh").migrate).toBeNull();
  });

  it("sends code and secrets together the first time", () => {
    expect(shellLine(firstDeploy(service("users"), "secrets.json", "/mesh"))).toBe(
      "wrangler deploy --config services/users/wrangler.jsonc --strict --secrets-file secrets.json",
    );
  });
});
