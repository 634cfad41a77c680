import type { Arrival } from "@luna/shared/http/arrival";
import { Failure, PROBLEMS } from "@luna/shared/http/problem";
import type { Answered } from "@luna/shared/rpc/exchange";
import { headersOf } from "@luna/shared/rate-limiter/headers";

import { callerOf, type Entry } from "./admit.ts";
import { clientOf } from "./client.ts";
import { fromEdge, keepAtEdge } from "./edge-cache.ts";
import { keyOfRead, keyOfWrite } from "./edge-key.ts";
import { doorFor } from "./doors.ts";
import { forward } from "./forward.ts";
import type { MappedRoute } from "./route-map.generated.ts";
import type { Passage } from "./serve.ts";
import { settle } from "./settlements.ts";
import { countRead } from "./shared-cache.ts";

/**
 * Whether nothing more will be written. A service that failed, or whose answer nobody waited for, may
 * still write: then the mark stands until its own end.
 */
const isOver = (answer: Answered | Failure): boolean =>
  (answer instanceof Failure ? PROBLEMS[answer.code] : answer.status) < 500;

/** From the edge if it may, else from the service. */
const answerTo = async (
  arrival: Arrival,
  route: MappedRoute,
  entry: Entry,
  passage: Passage,
): Promise<Answered | Failure> => {
  const { now, config } = passage;
  const key = keyOfRead(arrival, route, entry);
  const kept = key === null ? null : fromEdge(key, now);
  if (key !== null) countRead(kept !== null);
  if (kept !== null) return kept;
  const caller = callerOf(entry, clientOf(arrival, config));
  const answer = await forward(doorFor(route.service, passage), arrival, route, caller, passage);
  if (isOver(answer)) settle(entry, passage);
  if (answer instanceof Failure || answer.status !== 200) return answer;
  const validUntil = entry.admitted?.validUntil ?? null;
  if (key !== null) return keepAtEdge(key, answer, validUntil, now);
  const next = keyOfWrite(arrival, entry, answer);
  if (next !== null) keepAtEdge(next, answer, validUntil, now);
  return answer;
};

/** Answers a caller who has been let in, and says where they stand. */
export const answerEntry = async (
  arrival: Arrival,
  route: MappedRoute,
  entry: Entry,
  passage: Passage,
): Promise<Answered | Failure> => {
  const answer = await answerTo(arrival, route, entry, passage);
  const { admitted } = entry;
  if (answer instanceof Failure || admitted === null) return answer;
  return { ...answer, headers: { ...answer.headers, ...headersOf(admitted.rateLimit) } };
};
