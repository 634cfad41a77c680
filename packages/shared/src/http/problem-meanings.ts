import type { ProblemCode } from "./problem.ts";

/** What each code means and what to do about it: the reference page's text, kept out of the Workers. */
export const PROBLEM_MEANINGS: Readonly<Record<ProblemCode, string>> = {
  malformed_json: "The body is not JSON.",
  malformed_encoding: "The body is not UTF-8.",
  unauthenticated: "The route needs a credential. Send `Authorization: Bearer <access token>`.",
  invalid_token: "The token is expired, revoked, already used or not ours. Get a new one.",
  invalid_credentials: "The e-mail address or the password is wrong. Which of them is not told.",
  invalid_refresh_token: "The session is over, or the token was used before. Sign in again.",
  invalid_signature: "The webhook's signature does not fit its bytes. Nothing was stored.",
  forbidden: "You are known, but not allowed to do this.",
  email_unverified: "The password is right, but the address was never confirmed.",
  not_found: "Nothing is here, or it belongs to somebody else.",
  method_not_allowed: "The path exists, the method does not. `Allow` lists those that do.",
  conflict: "The state of things does not allow this change.",
  payload_too_large: "The body is larger than 256 KB.",
  unsupported_media_type: "Send the body as `application/json`.",
  invalid_input: "A field is missing, unknown or does not fit. `errors` names each one.",
  idempotency_key_reused: "This `Idempotency-Key` was used with another body.",
  rate_limited: "Too many requests. Wait for `Retry-After` seconds.",
  internal: "A fault of ours. Tell us the `requestId`.",
  misconfigured: "A service lacks a secret or a variable. Its log names which.",
  outcome_unknown:
    "The change may or may not have been made. Repeat it with the same `Idempotency-Key`.",
  unavailable: "A part of the mesh does not answer. Nothing was changed; try again.",
};
