/** Failures in a row after which it is the database that refuses, and not the deliveries. */
const MOST_FAILURES = 5;

/**
 * Whether going on makes sense: a database that refused five in a row refuses the sixth, and trying
 * all the same would only slow down the acknowledgements that share it.
 */
export const createPatience = () => {
  let failures = 0;
  return {
    note: (failed: boolean): void => {
      failures = failed ? failures + 1 : 0;
    },
    isLost: (): boolean => failures >= MOST_FAILURES,
  };
};
