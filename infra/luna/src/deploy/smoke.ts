import { setTimeout as sleep } from "node:timers/promises";

/** A new version is everywhere within seconds; a minute of silence is a failed deploy. */
const ATTEMPTS = 12;
const PAUSE_MS = 5_000;
const TIMEOUT_MS = 5_000;

interface MeshHealth {
  checks?: { services?: Record<string, { status?: string; version?: string }> };
}

/** How one service is, in the words of `GET /health`; a neighbour's trouble is not its fault. */
const statusOf = async (url: string, service: string): Promise<string> => {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    const health = (await response.json()) as MeshHealth;
    return health.checks?.services?.[service]?.status ?? `not listed (HTTP ${response.status})`;
  } catch (error) {
    return error instanceof Error ? `unreachable (${error.message})` : "unreachable";
  }
};

/** Asks `apiUrl`/health until it calls the service healthy; null then, else its last status. */
export const smoke = async (
  apiUrl: string,
  service: string,
  {
    pauseMs = PAUSE_MS,
    say = console.log,
  }: { pauseMs?: number; say?: (line: string) => void } = {},
): Promise<string | null> => {
  const url = new URL("/health", apiUrl).href;
  let last = "";
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    last = await statusOf(url, service);
    if (last === "healthy") return null;
    say(`  ${service} is ${last} (${attempt}/${ATTEMPTS})`);
    if (attempt < ATTEMPTS) await sleep(pauseMs);
  }
  return last;
};
