const inTime = <T>(
  ms: number,
  work: Promise<T>,
  late: () => T | Promise<T>,
  settled: (timer: ReturnType<typeof setTimeout>) => void,
): Promise<T> =>
  // By hand: `Promise.race` costs three more promises, and this stands on the path of every request.
  new Promise((resolve, reject) => {
    let over = false;
    const timer = setTimeout(() => {
      if (over) return;
      try {
        resolve(late());
      } catch (error) {
        reject(error);
      }
    }, ms);
    work.then(
      (value) => {
        over = true;
        settled(timer);
        resolve(value);
      },
      (error: unknown) => {
        over = true;
        settled(timer);
        reject(error);
      },
    );
  });

/**
 * The outcome of `work`, or of `late` when it takes longer than `ms`. The work itself goes on: on
 * workerd an RPC cannot be cancelled, so a caller can only stop waiting.
 */
export const within = <T>(ms: number, work: Promise<T>, late: () => T | Promise<T>): Promise<T> =>
  inTime(ms, work, late, clearTimeout);

/**
 * As `within`, for a Worker's request that is over soon: its timer ends with it, because clearing one
 * costs more than setting it (decision 15). Not for a Durable Object, which a timer keeps awake.
 */
export const withinRequest = <T>(
  ms: number,
  work: Promise<T>,
  late: () => T | Promise<T>,
): Promise<T> => inTime(ms, work, late, () => {});
