import { describe, expect, it } from "vitest";

import type { Caller, Scope } from "../rpc/caller.ts";
import { reply } from "./reply.ts";
import { admin, ask, contextOf, user } from "./request-for-tests.ts";
import { routesOf, type Access, type Method } from "./route.ts";
import type { RequestContext } from "./router.ts";

const route = routesOf<RequestContext>();

const withKey = (person: Caller, ...scopes: Scope[]): Caller =>
  person.kind === "user"
    ? { ...person, credential: { kind: "key", keyId: "00k", scopes } }
    : person;

/** The status a route answers a caller with. */
const statusFor = async (
  caller: Caller,
  { method = "GET", ...more }: { method?: Method; access?: Access; credential?: "session" },
): Promise<number> => {
  const handler = () => Promise.resolve(reply(200, {}));
  const path = "/v1/x";
  const line = route({
    path,
    access: "user",
    summary: "",
    answers: {},
    handler,
    method,
    ...more,
  });
  const request = new Request(`https://a.test${path}`, { method });
  return (await ask([line], request, contextOf(caller).context)).status;
};

describe("an API key", () => {
  it.each([
    ["GET", "read", 200],
    ["GET", "write", 403],
    ["POST", "write", 200],
    ["POST", "read", 403],
    ["PATCH", "read", 403],
    ["DELETE", "read", 403],
  ] as const)("does %s with the scope %s: %i", async (method, scope, status) => {
    expect(await statusFor(withKey(user, scope), { method })).toBe(status);
  });

  it("may not do what only a session may", async () => {
    const key = withKey(user, "read", "write");
    expect(await statusFor(key, { credential: "session" })).toBe(403);
    expect(await statusFor(user, { credential: "session" })).toBe(200);
  });

  it("does not administer, even an administrator's", async () => {
    const key = withKey(admin, "read", "write");
    expect(await statusFor(key, { access: "admin" })).toBe(403);
    expect(await statusFor(admin, { access: "admin" })).toBe(200);
  });
});
