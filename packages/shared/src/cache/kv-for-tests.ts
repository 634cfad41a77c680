import type { Kv } from "./kv-layer.ts";

export interface TestKv extends Kv {
  entries: Map<string, Uint8Array<ArrayBuffer>>;
  /** Every call: `get`, `put 60` (with its expiry), `delete`. */
  calls: string[];
  /** What happens before each call; throw, hang or damage entries here. */
  before: (call: "get" | "put" | "delete", key: string) => Promise<void>;
}

/** KV with one copy and no delay. Nothing expires. */
export const createTestKv = (): TestKv => {
  const entries = new Map<string, Uint8Array<ArrayBuffer>>();
  const kv: TestKv = {
    entries,
    calls: [],
    before: async () => {},
    get: async (key) => {
      kv.calls.push("get");
      await kv.before("get", key);
      return entries.get(key)?.slice().buffer ?? null;
    },
    put: async (key, value, { expirationTtl }) => {
      kv.calls.push(`put ${expirationTtl}`);
      await kv.before("put", key);
      entries.set(key, value.slice());
    },
    delete: async (key) => {
      kv.calls.push("delete");
      await kv.before("delete", key);
      entries.delete(key);
    },
  };
  return kv;
};
