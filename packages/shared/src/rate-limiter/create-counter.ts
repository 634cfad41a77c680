import type { Counter } from "./counter.ts";
import { DayCounter } from "./day-counter.ts";
import type { Policy } from "./policy.ts";
import { RollingLog } from "./rolling-log.ts";
import type { ByteReader } from "./wire.ts";

export const createCounter = (policy: Policy): Counter =>
  policy.kind === "utc_day" ? new DayCounter(policy) : new RollingLog(policy);

/** What `encode` of a counter under this policy wrote. */
export const decodeCounter = (policy: Policy, bytes: ByteReader): Counter =>
  policy.kind === "utc_day" ? DayCounter.decode(policy, bytes) : RollingLog.decode(policy, bytes);
