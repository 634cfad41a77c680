import { callerOf, ME } from "./me.ts";

interface Env {
  COUNTERS: KVNamespace;
  NATIVE: RateLimit;
}

const LIMIT = 1_000_000_000;
const WINDOW_S = 3_600;

/** The usual design: read a counter of the window from KV, write it back one higher. Loses counts. */
const admittedByKv = async (counters: KVNamespace, caller: string): Promise<boolean> => {
  const key = `${caller}:${Math.floor(Date.now() / 1_000 / WINDOW_S)}`;
  const count = Number(await counters.get(key));
  if (count >= LIMIT) return false;
  await counters.put(key, String(count + 1), { expirationTtl: WINDOW_S });
  return true;
};

const answer = (admitted: boolean): Response =>
  admitted ? Response.json(ME) : new Response(null, { status: 429 });

export default {
  async fetch(request: Request, { COUNTERS, NATIVE }: Env): Promise<Response> {
    const caller = callerOf(request);
    if (request.url.endsWith("/kv")) return answer(await admittedByKv(COUNTERS, caller));
    return answer((await NATIVE.limit({ key: caller })).success);
  },
};
