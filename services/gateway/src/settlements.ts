import type { Entry } from "./admit.ts";
import type { Passage } from "./serve.ts";

/**
 * How long the end of a write waits for its caller's next question, which tells it for nothing. Who has
 * saved mostly reads again at once, and by the same isolate; until it is told, nothing of this caller
 * is kept anywhere.
 */
const TOLD_WITHIN_MS = 1_000;

/** Marks of writes that are over, by user. Losing them costs hits, never freshness: a mark ends by itself. */
const over = new Map<string, string[]>();

const NONE: readonly string[] = [];

/** What is to be told to this user's Subject, by whoever takes it. */
export const takeSettled = (userId: string): readonly string[] => {
  const marks = over.get(userId);
  if (marks === undefined) return NONE;
  over.delete(userId);
  return marks;
};

const tellSoon = async (userId: string, mark: string, { env, log }: Passage): Promise<void> => {
  await new Promise((done) => setTimeout(done, TOLD_WITHIN_MS));
  // What is there without it belongs to a later write, which comes by itself.
  if (over.get(userId)?.includes(mark) !== true) return;
  try {
    await env.SUBJECTS.getByName(userId).settle(takeSettled(userId));
  } catch (error) {
    log.warn("not settled", { error });
  }
};

/** An unsafe request is over. */
export const settle = (
  { shown: { userId }, mark }: Pick<Entry, "shown" | "mark">,
  passage: Passage,
): void => {
  if (mark === null) return;
  const marks = over.get(userId);
  if (marks === undefined) over.set(userId, [mark]);
  else marks.push(mark);
  passage.waitUntil(tellSoon(userId, mark, passage));
};
