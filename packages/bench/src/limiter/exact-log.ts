export interface WindowLimit {
  /** Units in any rolling window. */
  limit: number;
  windowMs: number;
}

interface Hit {
  at: number;
  units: number;
}

const unitsSince = (hits: readonly Hit[], after: number): number => {
  let sum = 0;
  for (let index = hits.length - 1; index >= 0; index -= 1) {
    const hit = hits[index];
    if (hit === undefined || hit.at <= after) break;
    sum += hit.units;
  }
  return sum;
};

/** The limiter all others are measured by: it remembers every admitted request, and when. */
export const createExactLog = (limits: readonly WindowLimit[]) => {
  const hits: Hit[] = [];
  return (at: number, units: number): boolean => {
    const fits = limits.every(
      ({ limit, windowMs }) => unitsSince(hits, at - windowMs) + units <= limit,
    );
    if (fits) hits.push({ at, units });
    return fits;
  };
};

/** Most units in any window (t − windowMs, t]; `hits` are in order of time. */
export const worstWindow = (hits: readonly Hit[], windowMs: number): number => {
  let from = 0;
  let sum = 0;
  let worst = 0;
  for (const { at, units } of hits) {
    sum += units;
    for (let oldest = hits[from]; oldest !== undefined && oldest.at <= at - windowMs;) {
      sum -= oldest.units;
      from += 1;
      oldest = hits[from];
    }
    worst = Math.max(worst, sum);
  }
  return worst;
};
