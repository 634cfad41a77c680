import type { Kv } from "./kv-layer.ts";
import type { VirtualTime } from "./virtual-time-for-tests.ts";

/** A location serves what it saw, absence included, for up to so long. KV promises 60 s "or more". */
const STALE_MS = 90_000;

type Bytes = Uint8Array<ArrayBuffer>;

/** KV with one truth and several locations, each with a memory of its own and faults of every kind. */
export const createHostileKv = (time: VirtualTime, random: () => number) => {
  const truth = new Map<string, Bytes>();
  const hang = () => new Promise<never>(() => {});
  const chance = (share: number) => random() < share;
  const travel = async () => {
    await time.sleep(random() * 40);
    if (chance(0.08)) throw new Error("KV failed");
    if (chance(0.04)) await hang();
    if (chance(0.05)) await time.sleep(random() * 400);
  };
  const spoiled = (bytes: Bytes): Bytes => {
    if (chance(0.5)) return bytes.slice(0, Math.floor(random() * bytes.length));
    return bytes.with(Math.floor(random() * bytes.length), Math.floor(random() * 256));
  };
  const location = (): Kv => {
    const seen = new Map<string, { bytes: Bytes | undefined; until: number }>();
    const look = (key: string): Bytes | undefined => {
      const known = seen.get(key);
      if (known !== undefined && time.now() < known.until) return known.bytes;
      const bytes = truth.get(key);
      seen.set(key, { bytes, until: time.now() + random() * STALE_MS });
      return bytes;
    };
    return {
      get: async (key) => {
        await travel();
        const others = [...truth.values()];
        const other = others[Math.floor(random() * others.length)];
        const bytes = chance(0.03) ? other : look(key);
        if (bytes === undefined) return null;
        return chance(0.05) ? spoiled(bytes).buffer : bytes.slice().buffer;
      },
      put: async (key, bytes) => {
        await travel();
        // Acknowledged and lost, or done and not acknowledged: both happen.
        if (!chance(0.05)) truth.set(key, bytes.slice());
        if (chance(0.05)) throw new Error("KV failed after writing");
      },
      delete: async (key) => {
        await travel();
        if (!chance(0.3)) truth.delete(key);
      },
    };
  };
  return { location };
};
