import * as v from "valibot";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { openTestD1 } from "../d1/sqlite-for-tests.ts";
import { createService } from "../service.ts";
import { Failure } from "./problem.ts";
import { publicDoor } from "./public-door.ts";
import { routesOf } from "./route.ts";
import type { RequestContext } from "./router.ts";

const route = routesOf<RequestContext>();
const service = createService({
  name: "test",
  config: v.object({}),
  routes: [
    route({
      method: "POST",
      path: "/webhooks/x",
      access: "public",
      rawBody: true,
      summary: "",
      answers: {},
      handler: () => Promise.resolve(new Failure("invalid_signature", "")),
    }),
  ],
  context: (base: RequestContext) => base,
});
const env = {
  DB: openTestD1("").d1,
  VERSION: { id: "v1" },
  FLOOD: { limit: () => Promise.resolve({ success: true }) },
};
const open = publicDoor<typeof env>(service, "/webhooks/x");

let lines: Record<string, unknown>[];
beforeEach(() => {
  lines = [];
  vi.spyOn(console, "log").mockImplementation((line: string) => {
    lines.push(JSON.parse(line) as Record<string, unknown>);
  });
});
afterEach(() => void vi.restoreAllMocks());

it.each([
  ["the sender's own, if it may stand", "delivery-4711", /^delivery-4711$/],
  ["a new one instead of any other", "<script>alert(1)</script>", /^[0-9a-f]{32}$/],
])("a request has one name in header, body and log: %s", async (_what, given, name) => {
  const init = { method: "POST", body: "{}", headers: { "x-request-id": given } };
  const request = new Request("https://a.test/webhooks/x", init);
  const answer = await open(env, {} as ExecutionContext, request);
  const requestId = answer.headers.get("x-request-id");
  expect(requestId).toMatch(name);
  expect(await answer.json()).toMatchObject({ code: "invalid_signature", requestId });
  expect(lines).toMatchObject([{ message: "request", requestId }]);
});
