/**
 * How late in the life of an object an observation of it was made. The provider's `updatedAt` has a
 * resolution of one second and does not move for every change, so two more readings break its ties:
 * when the first item changed, and when the signed links in the same payload stop working.
 * Milliseconds since 1970; 0 for what the payload does not tell.
 */
export interface Clock {
  updatedAt: number;
  itemUpdatedAt: number;
  urlsExpireAt: number;
}

/** The clock as one short text, for people who read the inbox. */
export const clockText = ({ updatedAt, itemUpdatedAt, urlsExpireAt }: Clock): string =>
  `${updatedAt}/${itemUpdatedAt}/${urlsExpireAt}`;

/** An object of the provider as one event showed it. `digest` covers everything but the clock. */
export interface Observed<T> {
  value: T;
  clock: Clock;
  digest: string;
}
