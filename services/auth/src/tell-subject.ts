import type { Outcome } from "@luna/shared/d1/database";
import type { Sql } from "@luna/shared/d1/sql";
import { within } from "@luna/shared/deadline";
import { newId } from "@luna/shared/id";

import type { AuthContext } from "./context.ts";
import type { AuthEffect } from "./deliver-effect.ts";
import type { Push } from "./subject-push.ts";

/** How long an answer waits for users to hear of it; the outbox finishes what takes longer. */
const RELAY_MS = 2_000;

/** Waits until the effects of a commit have arrived, or the answer cannot wait any longer. */
export const arrived = async (
  relay: () => Promise<number>,
  { waitUntil }: Pick<AuthContext, "waitUntil">,
): Promise<void> => {
  const relayed = relay();
  waitUntil(relayed);
  await within(RELAY_MS, relayed, () => 0);
};

export const pushEffect = (push: Push, now: number): AuthEffect & { when: Sql } => ({
  effect: "users.push",
  key: `push:${newId(now)}`,
  ...push,
});

/**
 * Changes something about credentials, and returns when the Subject of their owner knows: what was
 * ended is refused on the very next request.
 */
export const commitAndTell = async (
  context: Pick<AuthContext, "commit" | "waitUntil" | "now">,
  statements: readonly Sql[],
  push: Push,
  others: readonly (AuthEffect & { when?: Sql })[] = [],
): Promise<Outcome[]> => {
  const { outcomes, relay } = await context.commit(statements, [
    pushEffect(push, context.now),
    ...others,
  ]);
  await arrived(relay, context);
  return outcomes;
};
