import { PROBLEMS, type ProblemCode } from "@luna/shared/http/problem";
import { PROBLEM_MEANINGS } from "@luna/shared/http/problem-meanings";

import { operationOf, type Json } from "./operation.ts";
import { TAGS, type OwnedRoute } from "./service-routes.ts";

const PROBLEM_SCHEMA = {
  type: "object",
  description: "RFC 9457. `code` is stable, `detail` is prose.",
  properties: {
    type: { type: "string", format: "uri-reference" },
    title: { type: "string" },
    status: { type: "integer" },
    detail: { type: "string" },
    code: { type: "string", enum: Object.keys(PROBLEMS) },
    requestId: { type: "string" },
    "violated-policies": { type: "array", items: { type: "string" } },
    errors: {
      type: "array",
      items: {
        type: "object",
        properties: { path: { type: "string" }, message: { type: "string" } },
        required: ["path", "message"],
        additionalProperties: false,
      },
    },
  },
  required: ["type", "title", "status", "detail", "code", "requestId"],
};

/** `/v1/things/:id` → `/v1/things/{id}`. */
const openApiPath = (path: string): string => path.replaceAll(/:([A-Za-z]+)/g, "{$1}");

const problemIndex = (): Json =>
  Object.fromEntries(
    (Object.keys(PROBLEMS) as ProblemCode[]).map((code) => [
      code,
      { status: PROBLEMS[code], description: PROBLEM_MEANINGS[code] },
    ]),
  );

/** The OpenAPI 3.1 document of every route the gateway serves. */
export const openApiDocument = (owned: readonly OwnedRoute[], version: string): Json => {
  const paths: Record<string, Json> = {};
  for (const { service, route } of owned) {
    const add = (path: string, operation: Json): void => {
      paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation };
    };
    const tag = TAGS[service] ?? service;
    add(openApiPath(route.path), operationOf(route, tag));
    if (route.alias !== undefined)
      add(route.alias, { ...operationOf({ ...route, path: route.alias }, tag), deprecated: true });
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Luna Mesh",
      version,
      description: "The backend of a SaaS company: accounts, plans, billing, mail, scheduled work.",
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: "/" }],
    security: [{ bearer: [] }],
    tags: Object.values(TAGS).map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: { bearer: { type: "http", scheme: "bearer", bearerFormat: "JWT" } },
      schemas: { Problem: PROBLEM_SCHEMA },
      "x-problems": problemIndex(),
    },
  };
};
