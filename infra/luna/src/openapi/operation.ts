import { PROBLEMS, type ProblemCode } from "@luna/shared/http/problem";
import type { Route, RouteLimit, Schema } from "@luna/shared/http/route";
import { STATUS_TITLES } from "@luna/shared/http/status";
import { toJsonSchema } from "@valibot/to-json-schema";
import * as v from "valibot";

export type Json = { [key: string]: unknown };

/** Statuses of success, as the reference page names them. */
const ANSWERED: Readonly<Record<number, string>> = {
  200: "OK",
  201: "Created",
  202: "Accepted",
  204: "No Content",
  503: "Service Unavailable",
};

/** Checks and transforms that JSON Schema cannot say are left out; the server still applies them. */
export const schemaOf = (schema: Schema, typeMode: "input" | "output"): Json => {
  const { $schema: _dialect, ...rest } = toJsonSchema(schema, {
    target: "draft-2020-12",
    typeMode,
    errorMode: "ignore",
  });
  return rest;
};

/** Who is known is limited by plan, who is not by address, unless the route says otherwise. */
export const limitOf = ({ limit, access }: Route<never>): RouteLimit =>
  limit ?? (access === "public" ? "address" : "plan");

/** The codes a route can answer with because of what it is, and those it names itself. */
const problemsOf = (route: Route<never>): ProblemCode[] => {
  const codes = new Set<ProblemCode>(route.problems);
  const add = (...more: ProblemCode[]): void => more.forEach((code) => codes.add(code));
  if (route.access !== "public") add("unauthenticated", "invalid_token", "forbidden");
  if (limitOf(route) !== "none") add("rate_limited");
  if (route.params !== undefined) add("not_found");
  if (route.query !== undefined) add("invalid_input");
  if (route.body !== undefined)
    add("malformed_json", "malformed_encoding", "unsupported_media_type", "invalid_input");
  if (route.body !== undefined || route.rawBody === true || route.method !== "GET")
    add("payload_too_large");
  if (!route.path.startsWith("/health") && !route.path.startsWith("/.well-known"))
    add("misconfigured", "unavailable");
  if (route.method !== "GET") add("outcome_unknown");
  return [...codes].sort();
};

const problemResponses = (route: Route<never>): Json => {
  const byStatus = new Map<keyof typeof STATUS_TITLES, ProblemCode[]>();
  for (const code of problemsOf(route))
    byStatus.set(PROBLEMS[code], [...(byStatus.get(PROBLEMS[code]) ?? []), code]);
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => [
      status,
      {
        description: `${STATUS_TITLES[status]}: ${codes.map((code) => `\`${code}\``).join(", ")}`,
        content: {
          "application/problem+json": {
            schema: {
              allOf: [
                { $ref: "#/components/schemas/Problem" },
                { properties: { code: { enum: codes } } },
              ],
            },
          },
        },
      },
    ]),
  );
};

const answerResponses = (route: Route<never>): Json =>
  Object.fromEntries(
    Object.entries(route.answers).map(([status, schema]) => [
      status,
      {
        description: ANSWERED[Number(status)] ?? status,
        ...(schema === null
          ? {}
          : { content: { "application/json": { schema: schemaOf(schema, "output") } } }),
      },
    ]),
  );

const parametersOf = (route: Route<never>): Json[] => {
  const from = (schema: Schema | undefined, place: "path" | "query"): Json[] => {
    if (schema === undefined) return [];
    const { properties = {}, required = [] } = schemaOf(schema, "input") as {
      properties?: Record<string, Json>;
      required?: string[];
    };
    return Object.entries(properties).map(([name, property]) => ({
      name,
      in: place,
      required: place === "path" || required.includes(name),
      schema: property,
    }));
  };
  return [...from(route.params, "path"), ...from(route.query, "query")];
};

/** `POST /v1/auth/sign-up` → `postAuthSignUp`: stable as long as the path is. */
const operationId = ({ method, path }: Route<never>): string =>
  method.toLowerCase() +
  path
    .replace(/^\/v1/, "")
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== "")
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("");

/** One operation of the OpenAPI document. */
export const operationOf = (route: Route<never>, tag: string): Json => {
  const parameters = parametersOf(route);
  const body =
    route.body === undefined
      ? {}
      : {
          requestBody: {
            required: !v.is(route.body, {}),
            content: { "application/json": { schema: schemaOf(route.body, "input") } },
          },
        };
  return {
    operationId: operationId(route),
    tags: [tag],
    summary: route.summary,
    ...(route.access === "public" ? { security: [] } : {}),
    "x-access": route.access,
    ...(parameters.length > 0 ? { parameters } : {}),
    ...body,
    responses: { ...answerResponses(route), ...problemResponses(route) },
  };
};
