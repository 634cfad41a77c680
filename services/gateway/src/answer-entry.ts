import { PROBLEMS, type Failure } from "@luna/shared/http/problem";
import { rateLimitHeaders } from "@luna/shared/rate-limiter/headers";

import { callerOf, type Entry } from "./admit.ts";
import { clientOf } from "./client.ts";
import { fromEdge, keepAtEdge, type CacheKey } from "./edge-cache.ts";
import { doorFor } from "./doors.ts";
import { forward } from "./forward.ts";
import type { MappedRoute } from "./route-map.generated.ts";
import type { Passage } from "./serve.ts";
import { countRead } from "./shared-cache.ts";

/** Under what this read may be kept, or `null` when it may not be. */
const cacheKey = (
  request: Request,
  route: MappedRoute,
  { shown, admitted }: Entry,
): CacheKey | null => {
  if (!route.cached || admitted === null || admitted.version === null) return null;
  return {
    userId: shown.userId,
    scopes: admitted.scopes,
    url: request.url,
    language: request.headers.get("accept-language") ?? "",
    version: admitted.version,
  };
};

/**
 * Whether nothing more will be written. A service that failed, or whose answer nobody waited for, may
 * still write: then the mark stands until its own end.
 */
const isOver = (answer: Response | Failure): boolean =>
  (answer instanceof Response ? answer.status : PROBLEMS[answer.code]) < 500;

/** An unsafe request is over. Losing this costs hits, never freshness. */
export const settle = ({ shown, mark }: Entry, { env, waitUntil, log }: Passage): void => {
  if (mark === null) return;
  waitUntil(
    env.SUBJECTS.getByName(shown.userId)
      .settle(mark)
      .catch((error: unknown) => log.warn("not settled", { error })),
  );
};

/** Answers a caller who has been let in: from the edge if it may, else from the service. */
export const answerEntry = async (
  request: Request,
  route: MappedRoute,
  entry: Entry,
  passage: Passage,
): Promise<Response | Failure> => {
  const { trace, now, config } = passage;
  const ask = (): Promise<Response | Failure> => {
    const caller = callerOf(entry, clientOf(request, config));
    return forward(doorFor(route.service, passage), request, route, caller, trace);
  };
  const key = cacheKey(request, route, entry);
  const kept = key === null ? null : fromEdge(key, now);
  if (key !== null) countRead(kept !== null);
  const answer = kept ?? (await ask());
  if (isOver(answer)) settle(entry, passage);
  if (!(answer instanceof Response)) return answer;
  const { admitted } = entry;
  if (admitted === null) return answer;
  const response =
    key === null || kept !== null
      ? answer
      : await keepAtEdge(key, answer, admitted.validUntil, now);
  for (const [name, value] of Object.entries(rateLimitHeaders(admitted.limits)))
    response.headers.set(name, value);
  return response;
};
