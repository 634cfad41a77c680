import * as v from "valibot";

import type { Arrival } from "./arrival.ts";
import { isJson, parseJson, readBytes } from "./read-body.ts";
import { Failure, type FieldError } from "./problem.ts";
import type { Input, Route, Schema } from "./route.ts";

/** More field errors help nobody, and each one repeats what the client sent us. */
const MAX_FIELD_ERRORS = 20;

const fieldErrors = (issues: readonly v.BaseIssue<unknown>[]): FieldError[] =>
  issues.slice(0, MAX_FIELD_ERRORS).map((issue) => ({
    path: v.getDotPath(issue) ?? "",
    message: issue.type === "strict_object" ? "is not a known field" : issue.message,
  }));

const invalid = (issues: readonly v.BaseIssue<unknown>[], where: string): Failure =>
  new Failure("invalid_input", `The ${where} does not fit.`, { errors: fieldErrors(issues) });

/** No input of ours goes deeper; without a bound, 256 KB of brackets would exhaust the stack. */
const MAX_DEPTH = 32;

/**
 * JSON.parse makes `__proto__` an own key; no schema of ours names it, so it can only be an attack.
 * Half a surrogate pair has no UTF-8: stored or hashed it would silently become another text.
 */
const attackIn = (value: unknown, depth = 0): FieldError | null => {
  if (typeof value === "string")
    return value.isWellFormed() ? null : { path: "", message: "holds text that is not Unicode" };
  if (typeof value !== "object" || value === null) return null;
  if (depth === MAX_DEPTH) return { path: "", message: "is nested too deeply" };
  if (Object.hasOwn(value, "__proto__"))
    return { path: "__proto__", message: "is not a known field" };
  for (const item of Object.values(value)) {
    const found = attackIn(item, depth + 1);
    if (found !== null) return found;
  }
  return null;
};

const queryOf = (url: URL): Record<string, string> | Failure => {
  const query: Record<string, string> = Object.create(null);
  for (const [name, value] of url.searchParams) {
    if (name in query)
      return new Failure("invalid_input", "A query parameter is given twice.", {
        errors: [{ path: name, message: "is given more than once" }],
      });
    query[name] = value;
  }
  return query;
};

const decodeParams = (params: Readonly<Record<string, string>>): Record<string, string> | null => {
  try {
    return Object.fromEntries(
      Object.entries(params).map(([name, value]) => [name, decodeURIComponent(value)]),
    );
  } catch {
    return null;
  }
};

const readBody = async (arrival: Arrival, schema: Schema): Promise<Failure | { body: unknown }> => {
  const bytes = await readBytes(arrival);
  if (bytes.ok && bytes.value.byteLength === 0) {
    // Whoever has nothing to say need not say it in JSON.
    const empty = v.safeParse(schema, {});
    if (empty.success) return { body: empty.output };
  }
  if (!isJson(arrival.headers.get("content-type")))
    return new Failure("unsupported_media_type", "Send the body as application/json.");
  if (!bytes.ok) return new Failure(bytes.code, bytes.detail);
  const parsed = parseJson(bytes.value);
  if (!parsed.ok) return new Failure(parsed.code, parsed.detail);
  const attack = attackIn(parsed.value.json);
  if (attack !== null)
    return new Failure("invalid_input", "The body does not fit.", { errors: [attack] });
  // To valibot an array is an object too, and one without required fields would take it.
  if (Array.isArray(parsed.value.json))
    return new Failure("invalid_input", "The body must be an object.");
  const result = v.safeParse(schema, parsed.value.json);
  return result.success ? { body: result.output } : invalid(result.issues, "body");
};

/** Everything a handler may read, checked; or the one failure to answer with. */
export const parseInput = async (
  route: Route<never>,
  arrival: Arrival,
  rawParams: Readonly<Record<string, string>>,
): Promise<Failure | Input<unknown, unknown, unknown>> => {
  let params: unknown;
  if (route.params !== undefined) {
    const result = v.safeParse(route.params, decodeParams(rawParams) ?? {});
    // A path that names nothing possible is a resource that does not exist, not a bad form.
    if (!result.success) return new Failure("not_found", "There is nothing here.");
    params = result.output;
  }
  let query: unknown;
  if (route.query !== undefined) {
    const raw = queryOf(new URL(arrival.url));
    if (raw instanceof Failure) return raw;
    const result = v.safeParse(route.query, raw);
    if (!result.success) return invalid(result.issues, "query");
    query = result.output;
  }
  if (route.body === undefined || route.rawBody === true) return { params, query, body: undefined };
  const read = await readBody(arrival, route.body);
  return read instanceof Failure ? read : { params, query, body: read.body };
};
