/**
 * The outcome of `work`, or of `late` when it takes longer than `ms`. The work itself goes on: on
 * workerd an RPC cannot be cancelled, so a caller can only stop waiting.
 */
export const within = async <T>(ms: number, work: Promise<T>, late: () => T): Promise<T> => {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const timer = setTimeout(() => {
    try {
      resolve(late());
    } catch (error) {
      reject(error);
    }
  }, ms);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
};
