import { within } from "@luna/shared/deadline";
import { err, ok, type Result } from "@luna/shared/rpc/result";
import * as v from "valibot";

import { feedbackOf, type Pace, type Quota } from "./quota.ts";

/** A person waits for a checkout or portal link; the provider usually answers within a second. */
const TIMEOUT_MS = 8_000;

/** The quota is one object in memory: one that takes longer is not there. */
const QUOTA_TIMEOUT_MS = 1_000;

const JSON_API = "application/vnd.api+json";

/**
 * How a call can fail: it did not come through, it has to wait for its turn, or the provider said no
 * and will again.
 */
export type Failed = "unavailable" | "rate_limited" | "not_found" | "refused";

export interface CallOptions {
  /** Without a trailing slash; `https://api.lemonsqueezy.com` in production. */
  baseUrl: string;
  apiKey: string;
  quota: Quota;
  /** Milliseconds since 1970. */
  clock?: () => number;
  fetch?: typeof fetch;
  timeoutMs?: number;
}

export interface Call<S extends v.GenericSchema> {
  method: "GET" | "POST" | "DELETE";
  /** With its query. */
  path: string;
  pace: Pace;
  answer: S;
  body?: unknown;
}

const failureOf = (status: number): Failed => {
  if (status === 404) return "not_found";
  if (status === 429) return "rate_limited";
  return status === 400 || status === 422 ? "refused" : "unavailable";
};

/** One call of the provider's JSON:API: paced, timed, parsed, and its failure a value. */
export const createCall = ({
  baseUrl,
  apiKey,
  quota,
  clock = Date.now,
  fetch: send = fetch,
  timeoutMs = TIMEOUT_MS,
}: CallOptions) => {
  /** Without the quota people still get their page, and work that can wait does. */
  const mayGo = async (pace: Pace): Promise<boolean> => {
    const otherwise = pace === "person" ? 0 : Infinity;
    try {
      return (await within(QUOTA_TIMEOUT_MS, quota.take(pace), () => otherwise)) === 0;
    } catch {
      return otherwise === 0;
    }
  };

  const heed = async (response: Response): Promise<void> => {
    const feedback = feedbackOf(response.status, response.headers, clock());
    if (feedback === null) return;
    try {
      await quota.heed(feedback);
    } catch {
      // The provider says so again with the next refusal.
    }
  };

  return async <const S extends v.GenericSchema>({
    method,
    path,
    pace,
    answer,
    body,
  }: Call<S>): Promise<Result<v.InferOutput<S>, Failed>> => {
    if (!(await mayGo(pace))) return err("rate_limited", "the call has to wait for its turn");
    try {
      const response = await send(`${baseUrl}${path}`, {
        method,
        headers: {
          accept: JSON_API,
          authorization: `Bearer ${apiKey}`,
          ...(body === undefined ? {} : { "content-type": JSON_API }),
        },
        body: body === undefined ? null : JSON.stringify(body),
        redirect: "manual",
        signal: AbortSignal.timeout(timeoutMs),
      });
      await heed(response);
      if (!response.ok) {
        // Its errors may quote what we sent, an address among it: only the status is told.
        await response.body?.cancel();
        return err(failureOf(response.status), `${method} answered ${response.status}`);
      }
      const parsed = v.safeParse(answer, await response.json());
      return parsed.success
        ? ok(parsed.output)
        : err("unavailable", `${method} answered in an unknown shape`);
    } catch (error) {
      return err("unavailable", error instanceof Error ? error.name : "unreachable");
    }
  };
};
