import * as v from "valibot";
import { describe, expect, it } from "vitest";

import { DatabaseFailure } from "../d1/database.ts";
import type { Caller } from "../rpc/caller.ts";
import { Failure, PROBLEMS, type ProblemCode } from "./problem.ts";
import { admin, anonymous, ask, contextOf, jsonRequest, user } from "./request-for-tests.ts";
import { reply, type Reply } from "./reply.ts";
import { routesOf, type Access } from "./route.ts";
import type { RequestContext } from "./router.ts";

const route = routesOf<RequestContext>();

/** The answer of a route with this handler and access, and the log lines it caused. */
const answer = async (
  handler: () => Promise<Reply | Failure>,
  { access = "public", caller = anonymous }: { access?: Access; caller?: Caller } = {},
) => {
  const path = "/v1/x";
  const get = route({ method: "GET", path, access, summary: "", answers: {}, handler });
  const { context, lines } = contextOf(caller);
  const response = await ask([get], new Request(`https://a.test${path}`), context);
  const text = await response.text();
  const problem = (text === "" ? null : JSON.parse(text)) as Record<string, unknown> | null;
  return { response, problem, text, log: lines.join("\n") };
};

const fine = () => Promise.resolve(reply(200, { fine: true }));

describe("an answer", () => {
  it("is the handler's body as UTF-8 JSON", async () => {
    const { response, problem } = await answer(() =>
      Promise.resolve(reply(201, { a: "ü" }, { location: "/x" })),
    );
    expect([response.status, problem]).toEqual([201, { a: "ü" }]);
    expect(response.headers.get("content-type")).toBe("application/json; charset=utf-8");
    expect(response.headers.get("location")).toBe("/x");
  });

  it("has no body with 204", async () => {
    const { response, text } = await answer(() => Promise.resolve(reply(204)));
    expect([response.status, text, response.headers.get("content-type")]).toEqual([204, "", null]);
  });

  it.each(Object.keys(PROBLEMS) as ProblemCode[])(
    "travels under the status of %s",
    async (code) => {
      const { response, problem } = await answer(() => Promise.resolve(new Failure(code, "Why.")));
      expect(response.status).toBe(PROBLEMS[code]);
      expect(problem).toEqual({
        type: `/docs#${code}`,
        title: expect.stringMatching(/\w/),
        status: PROBLEMS[code],
        detail: "Why.",
        code,
        requestId: "request-1",
      });
      expect(response.headers.get("content-type")).toBe("application/problem+json; charset=utf-8");
    },
  );
});

describe("who may call", () => {
  it.each([
    ["public", "anonymous", anonymous, 200],
    ["public", "user", user, 200],
    ["user", "anonymous", anonymous, 401],
    ["user", "user", user, 200],
    ["user", "admin", admin, 200],
    ["admin", "anonymous", anonymous, 401],
    ["admin", "user", user, 403],
    ["admin", "admin", admin, 200],
  ] as const)("a %s route answers %s as it should", async (access, _name, caller, status) => {
    expect((await answer(fine, { access, caller })).response.status).toBe(status);
  });

  it("tells a stranger how to come back", async () => {
    const { response, problem } = await answer(fine, { access: "user" });
    expect(problem).toMatchObject({ code: "unauthenticated" });
    expect(response.headers.get("www-authenticate")).toBe("Bearer");
  });

  it("is decided before anything of the body is read", async () => {
    const post = route({
      method: "POST",
      path: "/v1/x",
      access: "user",
      summary: "",
      answers: {},
      body: v.strictObject({}),
      handler: fine,
    });
    const request = jsonRequest("POST", "/v1/x", "not json");
    const response = await ask([post], request, contextOf(anonymous).context);
    expect([response.status, request.bodyUsed]).toEqual([401, false]);
  });
});

describe("a failure of ours", () => {
  const SECRET = "D1_ERROR: UNIQUE constraint failed: users.email SELECT * FROM users";
  const bug = Object.assign(new Error(SECRET), { sql: SECRET });

  it("is answered with a fixed body and told to the log only", async () => {
    const { response, problem, text, log } = await answer(() => Promise.reject(bug));
    expect(response.status).toBe(500);
    expect(problem).toMatchObject({ code: "internal", detail: "Something broke on our side." });
    expect(text).not.toMatch(/D1_ERROR|SELECT|stack|router/);
    expect(log).toContain("users.email");
  });

  it.each([null, undefined, "text", 0, { status: 200, message: SECRET }])(
    "is answered alike whatever was thrown: %j",
    async (thrown) => {
      const { response, text } = await answer(() => Promise.reject(thrown));
      expect(response.status).toBe(500);
      expect(text).not.toContain("D1_ERROR");
    },
  );

  it("is answered alike when the handler throws before its first await", async () => {
    const { response } = await answer(() => {
      throw bug;
    });
    expect(response.status).toBe(500);
  });

  it.each([
    ["failed", "unavailable"],
    ["unknown", "outcome_unknown"],
  ] as const)("of the database with the outcome %s is 503 %s", async (outcome, code) => {
    const { response, problem, text, log } = await answer(() =>
      Promise.reject(new DatabaseFailure(outcome, bug)),
    );
    expect([response.status, problem?.["code"]]).toEqual([503, code]);
    expect(text).not.toContain("D1");
    expect(log).toContain("database failed");
  });
});
