import { type Field, numberFrom, orNull, share, wholeFrom } from "./fields.ts";
import type { Chaos } from "./records.ts";

export const CALM: Chaos = {
  seed: null,
  drop: 0,
  dropWhole: 0,
  repeat: 0,
  times: 1,
  reorder: 0,
  delay: 0,
  wrongSecret: 0,
  status: null,
  statusRate: 1,
};

/** A minute of the ladder's scale: beyond it the ladder itself is the delay. */
const LONGEST_DELAY_S = 60;
/** Ten repeats and their control fit; more only fills the journal. */
export const MOST_TIMES = 100;

export const CHAOS_FIELDS = {
  seed: orNull(wholeFrom(0, Number.MAX_SAFE_INTEGER)),
  drop: share,
  dropWhole: share,
  repeat: share,
  times: wholeFrom(1, MOST_TIMES),
  reorder: share,
  delay: numberFrom(0, LONGEST_DELAY_S),
  wrongSecret: share,
  status: orNull(wholeFrom(100, 599)),
  statusRate: share,
} satisfies { [K in keyof Chaos]: Field<Chaos[K]> };
