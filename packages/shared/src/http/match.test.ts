import { describe, expect, it } from "vitest";

import { arrivedAs } from "./arrival.ts";
import { createMatcher, pathOf } from "./match.ts";

const arrival = (method: string, path: string) =>
  arrivedAs({ method, url: `https://a.test${path}`, headers: {} }, null);

const match = createMatcher([
  { method: "GET", path: "/v1/me", name: "get me" },
  { method: "PATCH", path: "/v1/me", name: "update me" },
  { method: "GET", path: "/v1/teams/:id", name: "get team" },
  { method: "GET", path: "/v1/teams/:id/members/:userId", name: "get member" },
  { method: "POST", path: "/v1/teams/accept", name: "accept" },
  { method: "GET", path: "/.well-known/jwks.json", name: "keys" },
]);

const asked = async (method: string, path: string) => {
  const found = await match(arrival(method, path));
  return found.entry === null ? found.allow : [found.entry.name, found.params];
};

describe("a route table", () => {
  it.each([
    ["GET", "/v1/me", "get me", {}],
    ["PATCH", "/v1/me", "update me", {}],
    ["GET", "/v1/me/", "get me", {}],
    ["GET", "/v1/me?x=1", "get me", {}],
    ["GET", "/v1/me?__proto__=1&__proto__=2&constructor=3", "get me", {}],
    ["GET", "/v1/./x/../me", "get me", {}],
    ["GET", "/v1/teams/t1", "get team", { id: "t1" }],
    ["GET", "/v1/teams/a%2Fb", "get team", { id: "a%2Fb" }],
    ["GET", "/v1/teams/%E0%A4%A", "get team", { id: "%E0%A4%A" }],
    ["GET", "/v1/teams/__proto__", "get team", { id: "__proto__" }],
    ["GET", "/v1/teams/t1/members/u1", "get member", { id: "t1", userId: "u1" }],
    ["GET", "/.well-known/jwks.json", "keys", {}],
  ])("finds %s %s", async (method, path, name, params) => {
    const found = await asked(method, path);
    expect([found[0], { ...Object(found[1]) }]).toEqual([name, params]);
  });

  it.each([
    ["POST", "/v1/me", ["GET", "PATCH"]],
    ["DELETE", "/v1/teams/t1", ["GET"]],
    ["PUT", "/v1/teams/accept", ["GET", "POST"]],
    ["HEAD", "/v1/me", ["GET", "PATCH"]],
    ["get", "/v1/me", ["GET", "PATCH"]],
    ["ALL", "/v1/me", ["GET", "PATCH"]],
    ["", "/v1/me", ["GET", "PATCH"]],
  ])("answers %s %s with the methods it knows", async (method, path, allow) => {
    expect(await asked(method, path)).toEqual(allow);
  });

  it.each([
    "/",
    "/v1",
    "/v1/mee",
    "/v1/me/x",
    "//v1/me",
    "/v1//me",
    "/V1/ME",
    "/v1/m%65",
    "/v1%2Fme",
    "/x/v1/me",
    "/v1/teams/",
    "/v1/teams//members/u1",
    "/.well-known/jwksXjson",
    "/v1/me;a=b",
    "/v1/teams/t1%00/members",
  ])("knows nothing at %s", async (path) => {
    expect(await asked("GET", path)).toEqual([]);
  });

  it("goes to the first of two entries that fit", async () => {
    const both = createMatcher([
      { method: "GET", path: "/a/:id", name: "first" },
      { method: "GET", path: "/a/b", name: "second" },
    ]);
    expect(await both(arrival("GET", "/a/b"))).toMatchObject({
      entry: { name: "first" },
    });
  });
});

it.each([
  ["https://a.test/v1/me", "/v1/me"],
  ["https://a.test/", "/"],
  ["https://a.test/v1/me?next=/x#y", "/v1/me"],
  ["https://a.test/v1/me#y?z", "/v1/me"],
])("the path of %s is %s", (url, path) => {
  expect(pathOf(url)).toBe(path);
});
