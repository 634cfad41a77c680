import * as v from "valibot";
import { describe, expect, it } from "vitest";

import { arrivalOf } from "./arrival.ts";
import { parseInput } from "./parse-input.ts";
import { Failure } from "./problem.ts";
import { jsonRequest } from "./request-for-tests.ts";
import { reply } from "./reply.ts";
import { routesOf } from "./route.ts";

const route = routesOf<unknown>();
const handler = () => Promise.resolve(reply(204));
const base = {
  path: "/v1/things/:id",
  access: "public",
  summary: "",
  answers: {},
  handler,
} as const;
const Id = v.strictObject({ id: v.pipe(v.string(), v.regex(/^[a-z/]+$/)) });

const write = route({
  ...base,
  method: "POST",
  body: v.strictObject({
    name: v.string(),
    tags: v.optional(v.array(v.strictObject({ label: v.string() }))),
    free: v.optional(v.record(v.string(), v.unknown())),
  }),
});
const list = route({
  ...base,
  method: "GET",
  query: v.strictObject({ q: v.optional(v.string()), limit: v.optional(v.string(), "20") }),
});
const get = route({ ...base, method: "GET", params: Id });

const settle = route({
  ...base,
  method: "POST",
  body: v.strictObject({ overlap: v.optional(v.number(), 0) }),
});
const at = (path: string, init: RequestInit = {}) =>
  arrivalOf(new Request(`https://a.test${path}`, init));
const bare = (init: RequestInit = {}) => at("/", { method: "POST", ...init });

const json = (body: string) => arrivalOf(jsonRequest("POST", "/v1/things/a", body));

const sent = (body: string) => parseInput(write, json(body), {});
const asked = (query: string) => parseInput(list, at(`/v1/things/a${query}`), {});
const named = (id: string) => parseInput(get, at("/"), { id });

const failure = async (work: Promise<unknown>): Promise<[string, string[]]> => {
  const result = await work;
  if (!(result instanceof Failure)) throw new Error("the input was accepted");
  return [result.code, result.errors.map(({ path, message }) => `${path} ${message}`.trim())];
};

describe("a body", () => {
  it("arrives parsed", async () => {
    const body = { name: "n", tags: [{ label: "l" }], free: { constructor: "c" } };
    expect(await sent(JSON.stringify(body))).toMatchObject({ body: { name: "n" } });
  });

  it.each([
    ["an unknown field", '{"name":"n","role":"admin"}', "role is not a known field"],
    [
      "an unknown field inside",
      '{"name":"n","tags":[{"label":"l","x":1}]}',
      "tags.0.x is not a known field",
    ],
    ["the field constructor", '{"name":"n","constructor":{}}', "constructor is not a known field"],
    ["the field toString", '{"name":"n","toString":1}', "toString is not a known field"],
    [
      "the field __proto__",
      '{"name":"n","__proto__":{"role":"admin"}}',
      "__proto__ is not a known field",
    ],
    [
      "__proto__ inside a list",
      '{"name":"n","tags":[{"label":"l","__proto__":{}}]}',
      "__proto__ is not a known field",
    ],
    [
      "__proto__ inside free fields",
      '{"name":"n","free":{"a":{"__proto__":1}}}',
      "__proto__ is not a known field",
    ],
    [
      "__proto__ in another spelling",
      '{"name":"n","\\u005f_proto__":{}}',
      "__proto__ is not a known field",
    ],
    ["half a character", '{"name":"n\\ud83d"}', "holds text that is not Unicode"],
    [
      "half a character inside",
      '{"name":"n","tags":[{"label":"\\udc00l"}]}',
      "holds text that is not Unicode",
    ],
  ])("is refused for %s, naming it", async (_name, body, error) => {
    expect(await failure(sent(body))).toEqual(["invalid_input", [error]]);
  });

  it.each(["null", "[]", '"text"', "1", "true", "{}", '{"name":1}', '{"name":null}'])(
    "is refused when it does not fit: %s",
    async (body) => {
      expect((await failure(sent(body)))[0]).toBe("invalid_input");
    },
  );

  it("is refused, and nothing breaks, when it is nested deeper than any stack", async () => {
    const deep = `{"name":"n","free":{"a":${"[".repeat(120_000)}${"]".repeat(120_000)}}}`;
    expect((await failure(sent(deep)))[0]).toBe("invalid_input");
    expect((await failure(sent("[".repeat(100_000))))[0]).toBe("malformed_json");
  });

  it("lists at most twenty errors", async () => {
    const tags = Array.from({ length: 100 }, () => ({ label: 1 }));
    expect((await failure(sent(JSON.stringify({ name: "n", tags }))))[1]).toHaveLength(20);
  });

  it.each(["text/plain", "application/json; charset=latin1", "application/x-www-form-urlencoded"])(
    "is refused as %s",
    async (type) => {
      const request = jsonRequest("POST", "/", '{"name":"n"}');
      request.headers.set("content-type", type);
      const refused = await failure(parseInput(write, arrivalOf(request), {}));
      expect(refused).toEqual(["unsupported_media_type", []]);
    },
  );

  it.each([
    ["malformed_json", "{"],
    ["malformed_json", ""],
    ["malformed_json", '\uFEFF{"name":"n"}'],
    ["payload_too_large", JSON.stringify({ name: "n".repeat(256 * 1024) })],
  ])("is refused with %s", async (code, body) => {
    expect((await failure(sent(body)))[0]).toBe(code);
  });

  it.each([
    ["without a body", bare()],
    ["with zero bytes", bare({ body: "" })],
    ["with zero bytes of a stated type", json("")],
    ["with an empty stream", bare({ body: new Blob([]).stream(), duplex: "half" } as RequestInit)],
  ])("may be left out where nothing in it is required: a request %s", async (_how, arrival) => {
    expect(await parseInput(settle, arrival, {})).toMatchObject({ body: { overlap: 0 } });
  });

  it.each([
    ["a field is required", write, bare(), "unsupported_media_type"],
    ["it is sent as text", settle, bare({ body: "{}" }), "unsupported_media_type"],
    ["it is only white space", settle, json(" "), "malformed_json"],
    ["it is null", settle, json("null"), "invalid_input"],
    ["it is too large", settle, json(" ".repeat(256 * 1024 + 1)), "payload_too_large"],
  ])("is refused when %s", async (_why, wanted, arrival, code) => {
    expect((await failure(parseInput(wanted, arrival, {})))[0]).toBe(code);
  });

  it("is left unread where the route wants its bytes", async () => {
    const request = jsonRequest("POST", "/", "not json");
    const input = await parseInput({ ...write, rawBody: true }, arrivalOf(request), {});
    expect(input).toEqual({ params: undefined, query: undefined, body: undefined });
    expect(request.bodyUsed).toBe(false);
  });
});

describe("a query", () => {
  it("arrives parsed, with its defaults", async () => {
    expect(await asked("?q=a%20b")).toMatchObject({ query: { q: "a b", limit: "20" } });
  });

  it.each(["?q=1&q=2", "?q=&q=", "?__proto__=1&__proto__=2", "?q=1&x=1&q=1"])(
    "is refused when a parameter is given twice: %s",
    async (query) => {
      const [code, errors] = await failure(asked(query));
      expect([code, errors]).toEqual([
        "invalid_input",
        [expect.stringContaining("more than once")],
      ]);
    },
  );

  it.each(["?x=1", "?__proto__=1", "?constructor=1", "?Q=1", "?q[]=1", "?=1"])(
    "is refused when a parameter is unknown: %s",
    async (query) => {
      expect((await failure(asked(query)))[1]).toEqual([
        expect.stringContaining("is not a known field"),
      ]);
    },
  );
});

describe("a path parameter", () => {
  it("arrives decoded", async () => {
    expect(await named("a%2Fb")).toMatchObject({ params: { id: "a/b" } });
  });

  it.each(["%E0%A4%A", "%", "%zz", "A", "a%00", "%C0%AF"])(
    "that can name nothing is not found: %s",
    async (id) => {
      expect(await failure(named(id))).toEqual(["not_found", []]);
    },
  );
});
