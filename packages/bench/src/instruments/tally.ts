/** What this isolate has done since the last reset, in the units Cloudflare bills. */
export const tally = {
  doRequests: 0,
  doRowsRead: 0,
  doRowsWritten: 0,
  /** Wall-clock milliseconds that timers keep an object from sleeping. */
  doTimerMs: 0,
  d1Queries: 0,
  d1RoundTrips: 0,
  d1RowsRead: 0,
  d1RowsWritten: 0,
  kvReads: 0,
  kvWrites: 0,
  queueOperations: 0,
  serviceCalls: 0,
  logLines: 0,
};
export type Tally = typeof tally;

export const resetTally = (): void => {
  for (const name of Object.keys(tally) as (keyof Tally)[]) tally[name] = 0;
};
