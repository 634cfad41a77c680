import * as v from "valibot";
import { describe, expect, it } from "vitest";

import { anonymous, ask, contextOf, jsonRequest } from "./request-for-tests.ts";
import { reply } from "./reply.ts";
import { routesOf } from "./route.ts";
import type { RequestContext } from "./router.ts";

const route = routesOf<RequestContext>();
const fine = () => Promise.resolve(reply(200, { fine: true }));

describe("a request for no route", () => {
  const routes = [
    route({
      method: "GET",
      path: "/v1/x",
      access: "user",
      summary: "",
      answers: {},
      handler: fine,
    }),
    route({
      method: "DELETE",
      path: "/v1/x",
      access: "user",
      summary: "",
      answers: {},
      handler: fine,
    }),
  ];
  const askFor = (method: string, path: string) =>
    ask(routes, new Request(`https://a.test${path}`, { method }), contextOf(anonymous).context);

  it("is 404 where the path is unknown", async () => {
    const response = await askFor("GET", "/v1/y");
    expect([response.status, await response.json()]).toMatchObject([404, { code: "not_found" }]);
  });

  it("is 405 with the methods there are", async () => {
    const response = await askFor("POST", "/v1/x");
    expect([response.status, response.headers.get("allow")]).toEqual([405, "DELETE, GET"]);
  });
});

describe("what a client sends", () => {
  const post = route({
    method: "POST",
    path: "/v1/x",
    access: "public",
    summary: "",
    answers: {},
    body: v.strictObject({ a: v.number() }),
    handler: ({ body }) => Promise.resolve(reply(200, body)),
  });
  const send = async (body: string, type = "application/json") => {
    const request = jsonRequest("POST", "/v1/x", body);
    request.headers.set("content-type", type);
    const response = await ask([post], request, contextOf(anonymous).context);
    const { code } = await response.json<{ code?: string }>();
    return [response.status, code];
  };

  it("reaches the handler when it fits", async () => {
    expect(await send('{"a":1}')).toEqual([200, undefined]);
  });

  it.each([
    [400, "malformed_json", "{"],
    [413, "payload_too_large", "1".repeat(300_000)],
    [422, "invalid_input", '{"a":"1"}'],
    [422, "invalid_input", '{"a":1,"b":2}'],
  ])("is answered %i %s when it does not", async (status, code, body) => {
    expect(await send(body)).toEqual([status, code]);
  });

  it("is answered 415 when it is not JSON", async () => {
    expect(await send('{"a":1}', "text/plain")).toEqual([415, "unsupported_media_type"]);
  });
});
