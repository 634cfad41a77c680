import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";

import { openApiDocument } from "./openapi/document.ts";
import { routeMap } from "./openapi/route-map.ts";
import { loadRoutes } from "./openapi/service-routes.ts";
import { ROOT } from "./root.ts";
import { readServices } from "./service.ts";

/** Every file that is made from the route tables, with the content it must have. */
const generated = async (): Promise<Map<string, string>> => {
  const owned = await loadRoutes(readServices(ROOT));
  const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
    version: string;
  };
  const gateway = join(ROOT, "services/gateway");
  return new Map([
    [
      join(gateway, "openapi.json"),
      `${JSON.stringify(openApiDocument(owned, version), null, 2)}\n`,
    ],
    [join(gateway, "src/route-map.generated.ts"), routeMap(owned)],
  ]);
};

/** Writes the generated files; with `check` only tells which are out of date. Resolves to an exit code. */
export const generate = async ({ check }: { check: boolean }): Promise<number> => {
  let stale = 0;
  for (const [file, content] of await generated()) {
    if (existsSync(file) && readFileSync(file, "utf8") === content) continue;
    stale += 1;
    if (!check) writeFileSync(file, content);
    console.log(
      `${relative(ROOT, file)} ${check ? "is out of date: run pnpm generate" : "written"}`,
    );
  }
  return check && stale > 0 ? 1 : 0;
};
