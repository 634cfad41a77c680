import { sha256Hex } from "@luna/shared/bytes";

import type { Observed } from "./clock.ts";
import type { Told } from "./told.ts";

/** A told object as the order guard compares it: two events that say the same have one digest. */
export const observe = async <T extends Told>(told: T): Promise<Observed<T["value"]>> => ({
  value: told.value,
  clock: told.clock,
  digest: await sha256Hex(JSON.stringify(told.value)),
});
