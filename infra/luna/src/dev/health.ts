/** What `GET /health` said, or why it said nothing. */
export type Health = "healthy" | "unhealthy" | "silent";

/** Asks once. `silent` means no HTTP answer in time, which only a wedged or starting front gives. */
export const probe = async (url: string, timeoutMs: number): Promise<Health> => {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
    await response.body?.cancel();
    return response.ok ? "healthy" : "unhealthy";
  } catch {
    return "silent";
  }
};
