import { arrivalOf, type Arrival } from "@luna/shared/http/arrival";
import { Failure } from "@luna/shared/http/problem";
import type { Caller } from "@luna/shared/rpc/caller";
import { describe, expect, it } from "vitest";

import { cachedPublicAnswer } from "./shared-cache.ts";

const ORIGIN = "https://api.example.com";

/** KV as far as the cache uses it, and a service that answers with what it was asked. */
const publicWorld = () => {
  const entries = new Map<string, Uint8Array<ArrayBuffer>>();
  const CACHE = {
    get: (key: string) => Promise.resolve(entries.get(key)?.slice().buffer ?? null),
    put: (key: string, value: Uint8Array<ArrayBuffer>) =>
      Promise.resolve(void entries.set(key, value)),
    delete: (key: string) => Promise.resolve(void entries.delete(key)),
  };
  // Memory outlives a test, so everybody is another version.
  const env = { CACHE: CACHE as unknown as KVNamespace, VERSION: versionOf(crypto.randomUUID()) };
  const asked: { url: string; headers: string[]; caller: Caller }[] = [];
  const background: Promise<unknown>[] = [];
  const ask =
    (status: number) =>
    ({ url, request }: Arrival, caller: Caller) => {
      asked.push({ url, headers: [...(request?.headers.keys() ?? [])], caller });
      const headers = { "content-type": "application/json" };
      return Promise.resolve({ status, headers, body: JSON.stringify(url) });
    };
  const read = async (path: string, init: RequestInit = {}, status = 200) => {
    const arrival = arrivalOf(new Request(ORIGIN + path, init));
    const wait = (work: Promise<unknown>) => void background.push(work);
    const route = { path: "/v1/prices" };
    const answer = await cachedPublicAnswer(arrival, route, env, wait, ask(status));
    await Promise.all(background);
    return answer;
  };
  return { entries, asked, read };
};

const versionOf = (id: string) => ({ id, tag: "", timestamp: "" });

describe("an answer that is the same for everybody", () => {
  it("is one entry, however its question is spelt", async () => {
    const { entries, asked, read } = publicWorld();
    for (let turn = 0; turn < 50; turn += 1)
      await read(`/v1/prices?x=${turn}`, { headers: { "accept-language": `de;q=0.${turn}` } });
    for (const path of ["/v1/prices/", "/v1/prices///", "/v1/prices?", "/v1/prices#a"])
      await read(path);
    expect([entries.size, asked.length]).toEqual([1, 1]);
  });

  it("is asked for by nobody in particular, so that it suits everybody", async () => {
    const { asked, read } = publicWorld();
    const headers = { "accept-language": "de", authorization: "Bearer x", cookie: "a=b" };
    await read("/v1/prices?currency=EUR", { headers });
    expect(asked).toEqual([
      {
        url: `${ORIGIN}/v1/prices`,
        headers: [],
        caller: {
          kind: "anonymous",
          client: { address: "", region: null, userAgent: "", language: "en" },
        },
      },
    ]);
  });

  it("is not kept unless it is a 200", async () => {
    const { entries, asked, read } = publicWorld();
    for (const _ of [1, 2]) {
      const answer = await read("/v1/prices", {}, 503);
      expect(answer instanceof Failure ? answer.code : answer.status).toBe(503);
    }
    expect([entries.size, asked.length]).toEqual([0, 2]);
  });
});
