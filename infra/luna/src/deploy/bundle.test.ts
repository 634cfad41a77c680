import { expect, it } from "vitest";

import { bundleOf } from "./bundle.ts";

it("tells a bundle's own files from its npm packages", () => {
  const inputs = [
    "src/index.ts",
    "../../packages/shared/src/id.ts",
    "../../node_modules/.pnpm/valibot@1.5.0_typescript@7.0.2/node_modules/valibot/dist/index.mjs",
    "../../node_modules/.pnpm/@tsndr+cloudflare-worker-jwt@3.2.3/node_modules/@tsndr/cloudflare-worker-jwt/index.js",
  ];
  expect(bundleOf(inputs, "/mesh/services/users", "/mesh")).toEqual({
    files: ["packages/shared/src/id.ts", "services/users/src/index.ts"],
    packages: ["@tsndr/cloudflare-worker-jwt@3.2.3", "valibot@1.5.0"],
  });
});
