/** Ctrl-C reaches us twice, from the terminal and from `npm start`: within this time it is one. */
const SAME_PRESS_MS = 400;
const PARENT_CHECK_MS = 500;

/**
 * Resolves on the first SIGINT, SIGTERM or SIGHUP, or when whoever started us is gone. A second
 * press calls `force`.
 */
export const stopSignal = (force: () => void): Promise<string> =>
  new Promise((stop) => {
    let first = 0;
    const parent = process.ppid;
    const watch = setInterval(() => {
      if (process.ppid === parent) return;
      clearInterval(watch);
      stop("parent gone");
    }, PARENT_CHECK_MS);
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
      process.on(signal, () => {
        const now = performance.now();
        if (first !== 0 && now - first > SAME_PRESS_MS) force();
        if (first === 0) first = now;
        stop(signal);
      });
  });
