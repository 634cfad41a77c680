const realNow = Date.now.bind(Date);
let frozenAt: number | null = null;

/** Stops what the Worker takes for the time; `null` lets it go on. Timers and alarms keep real time. */
export const freezeClock = (at: number | null): void => {
  frozenAt = at;
};

/** Rules take the time from `Date.now`, which is all that is replaced. */
export const replaceClock = (): void => {
  Date.now = () => frozenAt ?? realNow();
};
