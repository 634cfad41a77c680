/** Failures in a row after which it is the database that refuses, and not the deliveries. */
const MOST_FAILURES = 5;

/** What an isolate has found out about its database; lost with it, at the price of five attempts. */
export interface Patience {
  note(failed: boolean): void;
  /**
   * Whether going on makes no sense: a database that refused five in a row refuses the sixth, and trying
   * all the same would only slow down the acknowledgements that share it.
   */
  isLost(): boolean;
  /** How many deliveries to claim: of a database that refused, a single one finds out whether it still does. */
  page(full: number): number;
}

export const createPatience = (): Patience => {
  let failures = 0;
  const isLost = (): boolean => failures >= MOST_FAILURES;
  return {
    note: (failed) => {
      failures = failed ? failures + 1 : 0;
    },
    isLost,
    page: (full) => (isLost() ? 1 : full),
  };
};
