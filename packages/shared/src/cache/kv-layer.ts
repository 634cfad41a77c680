import { BrokenCircuitError } from "cockatiel";

import type { CacheIsolate } from "./isolate.ts";
import { BACKGROUND_BUDGET_MS, callWithRetry, REQUEST_BUDGET_MS } from "./retry.ts";

/** The part of a KV namespace that is used. */
export interface Kv {
  get(key: string, type: "arrayBuffer"): Promise<ArrayBuffer | null>;
  put(
    key: string,
    value: Uint8Array<ArrayBuffer>,
    options: { expirationTtl: number },
  ): Promise<void>;
  delete(key: string): Promise<void>;
}

/** KV refuses to expire anything sooner. Seconds. */
const SHORTEST_EXPIRY_S = 60;

/** KV that does not throw. What fails is counted and said. */
export interface KvLayer {
  /** `null` if there is no entry; `"unavailable"` after 150 ms, at once while the circuit is open. */
  get(key: string): Promise<ArrayBuffer | null | "unavailable">;
  /** For the background: up to 5 s. */
  put(key: string, bytes: Uint8Array<ArrayBuffer>, lifeMs: number): Promise<void>;
  /** For the background: up to 5 s. */
  delete(key: string): Promise<void>;
}

export const createKvLayer = (kv: Kv, isolate: CacheIsolate): KvLayer => {
  const attempt = async <T>(
    work: () => Promise<T>,
    budgetMs: number,
  ): Promise<T | "unavailable"> => {
    try {
      return await callWithRetry(work, budgetMs, isolate);
    } catch (error) {
      // An open circuit is the answer to errors that have been counted.
      if (!(error instanceof BrokenCircuitError)) isolate.metrics.count("errors");
      return "unavailable";
    }
  };
  return {
    get: (key) => attempt(() => kv.get(key, "arrayBuffer"), REQUEST_BUDGET_MS),
    put: async (key, bytes, lifeMs) => {
      const expirationTtl = Math.max(SHORTEST_EXPIRY_S, Math.ceil(lifeMs / 1_000));
      await attempt(() => kv.put(key, bytes, { expirationTtl }), BACKGROUND_BUDGET_MS);
    },
    delete: async (key) => {
      await attempt(() => kv.delete(key), BACKGROUND_BUDGET_MS);
    },
  };
};
