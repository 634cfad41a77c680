import { expect, it } from "vitest";

import { ROOT } from "../root.ts";
import { readServices } from "../service.ts";
import { schemaOf } from "./operation.ts";
import { loadRoutes } from "./service-routes.ts";

it.each([
  ["/v1/auth/sign-up", "password"],
  ["/v1/auth/reset-password", "password"],
  ["/v1/auth/change-password", "newPassword"],
])("tells who reads about %s how long a %s must be", async (path, field) => {
  const owned = await loadRoutes(readServices(ROOT));
  const body = owned.find(({ route }) => route.path === path)?.route.body;
  if (body === undefined) throw new Error(`${path} takes no body`);
  expect(schemaOf(body, "input")).toMatchObject({
    properties: { [field]: { type: "string", minLength: 8, maxLength: 256 } },
  });
});
