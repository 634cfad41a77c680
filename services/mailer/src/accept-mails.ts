import type { Armed } from "@luna/shared/outbox/outbox";
import { MailIntents } from "@luna/shared/rpc/mailer";
import { err, ok, type Result } from "@luna/shared/rpc/result";
import type { Trace } from "@luna/shared/trace";
import * as v from "valibot";

import type { Ledger } from "./store.ts";
import { expiryOf } from "./templates.ts";

interface Desk {
  ledger: Ledger;
  sweeper: Armed;
  /** Milliseconds since 1970. */
  now: number;
}

/**
 * Writes the intents down. The alarm is set first, so that a crash right after the insert delays
 * the mails but cannot lose them. Returns the ids that are new.
 */
export const acceptMails = async (
  desk: Desk,
  intents: unknown,
  trace: Trace,
): Promise<Result<string[], "invalid_input">> => {
  const parsed = v.safeParse(MailIntents, intents);
  if (!parsed.success)
    return err("invalid_input", v.getDotPath(parsed.issues[0]) ?? parsed.issues[0].message);
  if (parsed.output.length === 0) return ok([]);
  await desk.sweeper.arm();
  const mails = parsed.output.map((intent) => ({
    ...intent,
    expiresAt: expiryOf(intent, desk.now),
  }));
  return ok(await desk.ledger.insert(mails, trace, desk.now));
};
