import type { ClaimedMail } from "./claimed-mail.ts";

/** Claimed at once. A crash leaves these in doubt, so it is few; a write serves them all, so not one. */
const BATCH = 16;
/** The next batch is claimed while the last mails of this one go out. */
const LOW = 4;

interface Source {
  /** Claims up to `limit` mails of those named, or of all. */
  claim(limit: number, ids: readonly string[] | null): Promise<ClaimedMail[]>;
  /** Whether another mail may be begun. */
  open(): boolean;
  /** A probe risks one mail. */
  careful(): boolean;
}

/** The mails one run has claimed and not begun. `scope` is worked off in order: named ids, `null` for all. */
export const createHand = (source: Source, scope: (readonly string[] | null)[]) => {
  const mails: ClaimedMail[] = [];
  let claiming: Promise<void> | null = null;
  let failure: unknown = null;

  const fill = async (): Promise<void> => {
    try {
      while (scope.length > 0 && source.open()) {
        const limit = source.careful() ? 1 : BATCH;
        const claimed = await source.claim(limit, scope[0] ?? null);
        mails.push(...claimed);
        if (claimed.length < limit && scope.length > 1) scope.shift();
        else if (claimed.length < limit || mails.length > 0) return;
      }
    } catch (error) {
      // Nobody may be waiting at this moment: whoever asks next is told.
      failure = error;
    } finally {
      claiming = null;
    }
  };

  return {
    /** The next mail to begin, or `null` when there is none or none may be begun. */
    async take(): Promise<ClaimedMail | null> {
      if (!source.open()) return null;
      if (mails.length <= LOW && !source.careful()) claiming ??= fill();
      if (mails.length === 0) await (claiming ??= fill());
      if (failure !== null) throw failure;
      return source.open() ? (mails.shift() ?? null) : null;
    },
    waiting: (): number => mails.length,
    /** What was claimed and never begun. */
    async rest(): Promise<ClaimedMail[]> {
      await claiming;
      return mails.splice(0);
    },
  };
};
