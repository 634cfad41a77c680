import { newId } from "@luna/shared/id";

import type { Env } from "./env.ts";
import type { serviceStore } from "./store.ts";

type Store = ReturnType<typeof serviceStore>;

/** Region hints are only read when an object is made; it never moves afterwards. */
export const subjectOf = (env: Env, userId: string, region: string | null = null) =>
  env.SUBJECTS.getByName(
    userId,
    region === null ? undefined : { locationHint: region as DurableObjectLocationHint },
  );

/** Makes a user known to its Subject, or tells it the plan again. `false`: there is no such user. */
export const tellPlan = async (env: Env, store: Store, userId: string): Promise<boolean> => {
  const known = await store.plan(userId);
  if (known === null) return false;
  await subjectOf(env, userId, known.region).create(userId, known.plan);
  return true;
};

/**
 * Changes what a user's plan is made of so that the user sees it on the next request: announce the
 * write, commit it, tell the plan. Whatever fails in between is done again by the caller, and the
 * announcement alone already keeps old answers from being served.
 */
export const changePlan = async (
  env: Env,
  store: Store,
  userId: string,
  write: () => Promise<void>,
  now: number,
): Promise<void> => {
  const known = await store.plan(userId);
  // The Subject of a user who does not exist yet is told everything when the user is created.
  if (known === null) return write();
  const subject = subjectOf(env, userId);
  const mark = newId(now);
  await subject.mark(mark);
  await write();
  const after = await store.plan(userId);
  await subject.settle([mark], after?.plan ?? known.plan);
};
