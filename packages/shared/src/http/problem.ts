import type { Answered } from "../rpc/exchange.ts";
import { STATUS_TITLES } from "./status.ts";

/** Every code a client can meet, and the status it travels under. The codes are API; never rename one. */
export const PROBLEMS = {
  malformed_json: 400,
  malformed_encoding: 400,
  unauthenticated: 401,
  invalid_token: 401,
  invalid_credentials: 401,
  invalid_refresh_token: 401,
  invalid_signature: 401,
  forbidden: 403,
  email_unverified: 403,
  not_found: 404,
  method_not_allowed: 405,
  conflict: 409,
  payload_too_large: 413,
  unsupported_media_type: 415,
  invalid_input: 422,
  idempotency_key_reused: 422,
  rate_limited: 429,
  internal: 500,
  misconfigured: 503,
  outcome_unknown: 503,
  unavailable: 503,
} as const;

export type ProblemCode = keyof typeof PROBLEMS;

/** One field that did not fit, e.g. `{path: "email", message: "…"}`; the root has the path "". */
export interface FieldError {
  path: string;
  message: string;
}

/** An expected failure on its way to the client: a value a handler returns, never thrown. */
export class Failure {
  readonly code: ProblemCode;
  readonly detail: string;
  readonly errors: readonly FieldError[];
  readonly headers: Readonly<Record<string, string>>;
  /** Members a problem type adds to the body. */
  readonly extra: Readonly<Record<string, unknown>>;

  constructor(
    code: ProblemCode,
    detail: string,
    more: {
      errors?: readonly FieldError[];
      headers?: Record<string, string>;
      extra?: Record<string, unknown>;
    } = {},
  ) {
    this.code = code;
    this.detail = detail;
    this.errors = more.errors ?? [];
    this.headers = more.headers ?? {};
    this.extra = more.extra ?? {};
  }
}

/** RFC 9457. `type` points at the paragraph of the reference page that explains the code. */
export const problemAnswer = (failure: Failure, requestId: string): Answered => {
  const status = PROBLEMS[failure.code];
  const body = {
    type: `/docs#${failure.code}`,
    title: STATUS_TITLES[status],
    status,
    detail: failure.detail,
    code: failure.code,
    requestId,
    ...failure.extra,
    ...(failure.errors.length > 0 ? { errors: failure.errors } : {}),
  };
  return {
    status,
    headers: { "content-type": "application/problem+json; charset=utf-8", ...failure.headers },
    body: JSON.stringify(body),
  };
};
