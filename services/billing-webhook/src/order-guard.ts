import type { Clock, Observed } from "./clock.ts";

/** Negative when `a` was observed before `b`, 0 when nothing in them tells which came first. */
const compareClocks = (a: Clock, b: Clock): number =>
  a.updatedAt - b.updatedAt || a.itemUpdatedAt - b.itemUpdatedAt || a.urlsExpireAt - b.urlsExpireAt;

/** Whether one observation was surely made before another. */
export type Precedes = (a: Clock, b: Clock) => boolean;
const precedes: Precedes = (a, b) => compareClocks(a, b) < 0;

/**
 * What an observation is to what is known. `tie`: the same moment, another story. Which is true only
 * the provider's API can tell.
 */
export type Weighed = "first" | "later" | "same" | "tie" | "earlier";

/** `isBefore` is an argument so that a test can show what another comparison would do. */
export const weigh = (
  known: Observed<unknown> | null,
  seen: Observed<unknown>,
  isBefore: Precedes = precedes,
): Weighed => {
  if (known === null) return "first";
  if (isBefore(known.clock, seen.clock)) return "later";
  if (isBefore(seen.clock, known.clock)) return "earlier";
  return known.digest === seen.digest ? "same" : "tie";
};

/**
 * The observation that stands: the order guard of `observed-store.ts`, as a rule. A tie goes to the
 * greater digest, which is arbitrary but always the same one, until the API has answered.
 */
export const standing = <T>(
  known: Observed<T> | null,
  seen: Observed<T>,
  isBefore: Precedes = precedes,
): Observed<T> => {
  const weighed = weigh(known, seen, isBefore);
  if (known === null || weighed === "first" || weighed === "later") return seen;
  return weighed === "tie" && seen.digest > known.digest ? seen : known;
};
