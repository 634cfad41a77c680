import { within } from "@luna/shared/deadline";
import { Failure } from "@luna/shared/http/problem";
import { err } from "@luna/shared/rpc/result";

import type { Shown } from "./read-credential.ts";
import type { Passage } from "./serve.ts";

/** Two reads and a write by other services; a client waits this long once in its life. */
const DEADLINE_MS = 2_000;

const comeAgain = (detail: string, seconds: number): Failure =>
  new Failure("unavailable", detail, { headers: { "retry-after": String(seconds) } });

const silent = () => err("unavailable", "no answer in time");

/**
 * Has the owners of the knowledge tell a Subject what it lacks. `true`: ask it again. `false`: they
 * know of no such credential. A failure when nobody can say, which must not look like a sign-out.
 */
export const healSubject = async (
  { userId, presented }: Shown,
  lacks: "unknown_subject" | "unknown_key",
  { env, trace }: Passage,
): Promise<boolean | Failure> => {
  const keyId = presented.kind === "key" ? presented.keyId : null;
  const [auth, users] = await Promise.all([
    within(DEADLINE_MS, env.AUTH.heal(userId, keyId, trace), silent),
    lacks === "unknown_key" ? null : within(DEADLINE_MS, env.USERS.heal(userId, trace), silent),
  ]);
  if (!auth.ok) return comeAgain("This credential cannot be checked right now.", 1);
  if (!auth.value.exists) return false;
  if (users === null || users.ok) return true;
  return users.code === "not_found"
    ? comeAgain("Your account is still being set up.", 5)
    : comeAgain("This credential cannot be checked right now.", 1);
};
