import { eventually } from "../people.ts";
import type { BillingStage } from "./billing-stage.ts";
import { alter, rows } from "./d1-file.ts";
import { settled } from "./story.ts";

/** What was handed over cannot be struck off, as if each relay died in that very moment. */
const FORGET = `CREATE TRIGGER chaos_forget BEFORE DELETE ON outbox
  BEGIN SELECT RAISE(ABORT, 'forgotten by chaos'); END`;

/** A sweep every five seconds takes twenty effects, and a slow machine takes its time for each. */
const LIMIT_MS = 300_000;

const countOf = ({ billing }: BillingStage, which: string): number =>
  rows<{ n: number }>(billing, `SELECT count(*) AS n FROM outbox WHERE ${which}`)[0]?.n ?? 0;

/** While `work` lasts, and for what it leaves behind, every effect is handed over twice at least. */
export const handedOverTwice = async (
  stage: BillingStage,
  work: () => Promise<unknown>,
): Promise<void> => {
  alter(stage.billing, (db) => db.exec(FORGET));
  try {
    await work();
    await settled(stage);
    await eventually(
      "every effect to be handed over twice",
      () => Promise.resolve(countOf(stage, "attempts < 2 AND state = 'pending'") === 0),
      LIMIT_MS,
    );
  } finally {
    // From here on the next sweep strikes them off, rather than the one after their backoff.
    alter(stage.billing, (db) =>
      db.exec("DROP TRIGGER chaos_forget; UPDATE outbox SET next_at = 0"),
    );
  }
  const struckOff = () => Promise.resolve(countOf(stage, "state = 'pending'") === 0);
  await eventually("the outbox to be empty", struckOff, LIMIT_MS);
};
