import type { Trace } from "@luna/shared/trace";
import * as v from "valibot";

/** A message of the queue `mail`: these mails are worth a look. Carries nothing of the mails. */
export const Hint = v.object({
  ids: v.array(v.string()),
  trace: v.object({ requestId: v.string(), traceId: v.string(), spanId: v.string() }),
});
export type Hint = v.InferOutput<typeof Hint>;

export const hintOf = (ids: readonly string[], trace: Trace): Hint => ({ ids: [...ids], trace });
