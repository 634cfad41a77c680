import type { Arrival } from "@luna/shared/http/arrival";
import type { Answered } from "@luna/shared/rpc/exchange";
import type { Admitted } from "@luna/shared/rpc/subject";

import type { Entry } from "./admit.ts";
import type { CacheKey } from "./edge-cache.ts";
import { routeMap, type MappedRoute } from "./route-map.generated.ts";

const cacheKey = (
  { url, headers }: Arrival,
  userId: string,
  { scopes }: Admitted,
  version: string,
): CacheKey => ({
  userId,
  scopes,
  url,
  language: headers.get("accept-language") ?? "",
  version,
});

/** Under what this read may be kept, or `null` when it may not be. */
export const keyOfRead = (
  arrival: Arrival,
  route: MappedRoute,
  { shown, admitted }: Entry,
): CacheKey | null =>
  !route.cached || admitted === null || admitted.version === null
    ? null
    : cacheKey(arrival, shown.userId, admitted, admitted.version);

/** Where a signed-in caller's reads may be kept. */
const KEPT_PATHS = new Set(
  routeMap
    .filter(({ method, access, cached }) => method === "GET" && access !== "public" && cached)
    .map(({ path }) => path),
);

/**
 * Under what the answer of a write may be kept as the next read of the same address, which it says to
 * be by its `Content-Location` (RFC 9110 §8.7); else `null`. The Subject takes the mark for the version
 * once the write is settled, unless anything else has happened to the caller's data meanwhile.
 */
export const keyOfWrite = (
  arrival: Arrival,
  { shown, admitted, mark }: Entry,
  { headers }: Answered,
): CacheKey | null => {
  const { path, url } = arrival;
  if (mark === null || admitted === null) return null;
  const isRead = headers["content-location"] === path && url.endsWith(path);
  return isRead && KEPT_PATHS.has(path) ? cacheKey(arrival, shown.userId, admitted, mark) : null;
};
