/**
 * Lets whatever else has come have its turn. In a local mesh every database, object and binding lives in
 * one process, whose loop looks at sockets and timers only when nothing else is left to do: work that
 * goes from one of them to the next without a pause keeps everybody out for as long as it lasts.
 */
export const giveWay = (): Promise<void> =>
  new Promise((done) => {
    setTimeout(done, 0);
  });
