/**
 * The outcome of `work`, or of `late` when it takes longer than `ms`. The work itself goes on: on
 * workerd an RPC cannot be cancelled, so a caller can only stop waiting.
 */
export const within = <T>(ms: number, work: Promise<T>, late: () => T | Promise<T>): Promise<T> =>
  // By hand: `Promise.race` costs three more promises, and this stands on the path of every request.
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      try {
        resolve(late());
      } catch (error) {
        reject(error);
      }
    }, ms);
    work.then(
      (value) => {
        clearTimeout(timer);
        resolve(value);
      },
      (error: unknown) => {
        clearTimeout(timer);
        reject(error);
      },
    );
  });
