import type * as v from "valibot";

import type { Arrival } from "./arrival.ts";
import type { ProblemCode, Failure } from "./problem.ts";
import type { LimitClass } from "../rpc/subject.ts";
import type { Reply } from "./reply.ts";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** Who may call: anyone, a signed-in user, or a user whose role is `admin`. */
export type Access = "public" | "user" | "admin";

/** A limit of the caller's Subject, one per client address, or none. */
export type RouteLimit = LimitClass | "address" | "none";

export type Schema = v.GenericSchema;
type Output<S> = S extends Schema ? v.InferOutput<S> : undefined;

/** What a handler gets: parsed, so it trusts what it reads. */
export interface Input<P = undefined, Q = undefined, B = undefined> {
  params: P;
  query: Q;
  body: B;
}

/** One line of a service's URL map. The OpenAPI document and the gateway's map are made from it. */
export interface Route<Context> {
  method: Method;
  /** itty-router path: `/v1/things/:id`. */
  path: string;
  /** An older path, without parameters, under which the gateway also answers. */
  alias?: string;
  access: Access;
  /** `session`: an API key may not do this, whatever its scopes. */
  credential?: "session";
  /** One sentence for the reference page. */
  summary: string;
  params?: Schema | undefined;
  query?: Schema | undefined;
  /** A JSON body, or none where `{}` fits too; a route without a schema ignores what is sent. */
  body?: Schema | undefined;
  /** What the request draws on; "plan" for signed-in callers and "address" for others unless given. */
  limit?: RouteLimit;
  /** `true` lets the gateway keep the answer for its caller until a write of theirs. */
  cached?: boolean;
  /** `true` hands the request on unread: webhooks verify the bytes themselves. */
  rawBody?: boolean;
  /** Every success status with the schema of its body; `null` for none. */
  answers: Readonly<Record<number, Schema | null>>;
  /** Codes of this route beyond those its access, body and parameters imply. */
  problems?: readonly ProblemCode[];
  handler(
    input: Input<unknown, unknown, unknown>,
    context: Context,
    arrival: Arrival,
  ): Promise<Reply | Failure>;
}

interface TypedRoute<Context, P, Q, B> extends Omit<
  Route<Context>,
  "params" | "query" | "body" | "handler"
> {
  params?: P;
  query?: Q;
  body?: B;
  handler(
    input: Input<Output<P>, Output<Q>, Output<B>>,
    context: Context,
    arrival: Arrival,
  ): Promise<Reply | Failure>;
}

/** Binds a handler to the types of its own schemas: `const route = routesOf<UsersContext>()`. */
export const routesOf =
  <Context>() =>
  <
    P extends Schema | undefined = undefined,
    Q extends Schema | undefined = undefined,
    B extends Schema | undefined = undefined,
  >(
    route: TypedRoute<Context, P, Q, B>,
  ): Route<Context> =>
    // The router parses with these very schemas before it calls, so the narrower input is what arrives.
    route;
