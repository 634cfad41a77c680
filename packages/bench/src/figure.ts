/** One number of a run. `target` is `null` where the number is only reported. */
export interface Figure {
  id: string;
  value: number;
  unit: string;
  target: string | null;
  holds: boolean | null;
}

/** What a number must reach; without a bound it is only reported. */
export interface Target {
  unit: string;
  atMost?: number;
  atLeast?: number;
  below?: number;
  above?: number;
}

/** Every figure that has a name in the design, and what it must reach. */
const TARGETS: Readonly<Record<string, Target>> = {
  "limiter.over_admitted": { unit: "requests", atMost: 0 },
  "limiter.admitted_vs_exact": { unit: "ratio", atLeast: 0.983 },
  "limiter.denied_without_rpc": { unit: "ratio", atLeast: 0.95 },
  "limiter.hung_decision_ms": { unit: "ms", atMost: 300 },
  "limiter.added_p50_ms": { unit: "ms", atMost: 2 },
  "me.spread.vs_bare_hop": { unit: "ratio", atLeast: 0.6 },
  "me.spread.vs_better_auth_cookie": { unit: "ratio", atLeast: 1 },
  "me.spread.vs_better_auth": { unit: "ratio", atLeast: 8 },
  "me.hot.vs_bare_object_hop": { unit: "ratio", atLeast: 0.7 },
  "me.hot.vs_better_auth_cookie": { unit: "ratio", atLeast: 1.2 },
  "me.miss.vs_bare_d1_read": { unit: "ratio", atLeast: 0.6 },
  "me.miss.d1_round_trips": { unit: "per request", atMost: 1 },
  "patch.vs_bare_batch": { unit: "ratio", atLeast: 0.6 },
  "mix.p50_ms": { unit: "ms", below: 50 },
  "mix.p95_ms": { unit: "ms", below: 200 },
  "mix.error_rate": { unit: "ratio", below: 0.001 },
  "mix.hit_rate": { unit: "ratio", above: 0.8 },
  "connections.10000.server_errors": { unit: "answers", atMost: 0 },
  "cost.read.d1_rows": { unit: "per request", atMost: 0 },
  "cost.read.kv_ops": { unit: "per request", atMost: 0 },
  "cost.read.do_requests": { unit: "per request", atMost: 1 },
  "cost.busy_usd_per_million": { unit: "USD", atMost: 0.75 },
  "cost.sparse_usd_per_million": { unit: "USD", atMost: 1.6 },
  "cost.month_1m_per_day_usd": { unit: "USD" },
  "signin.per_s_per_core": { unit: "per s" },
  "refresh.per_s_per_core": { unit: "per s" },
  "webhook.ack_p99_ms": { unit: "ms" },
};

/** The ids, for a run that is asked for some of them. */
export const FIGURE_IDS: readonly string[] = Object.keys(TARGETS);

const inWords = ({ atMost, atLeast, below, above }: Target): string | null => {
  if (atMost !== undefined) return `≤ ${atMost}`;
  if (atLeast !== undefined) return `≥ ${atLeast}`;
  if (below !== undefined) return `< ${below}`;
  return above === undefined ? null : `> ${above}`;
};

const reached = (value: number, target: Target): boolean =>
  value <= (target.atMost ?? Number.POSITIVE_INFINITY) &&
  value >= (target.atLeast ?? Number.NEGATIVE_INFINITY) &&
  value < (target.below ?? Number.POSITIVE_INFINITY) &&
  value > (target.above ?? Number.NEGATIVE_INFINITY);

/** A measured value beside a target. */
export const judge = (id: string, value: number, target: Target): Figure => {
  const words = inWords(target);
  return {
    id,
    value,
    unit: target.unit,
    target: words,
    holds: words === null ? null : reached(value, target),
  };
};

/** A measured value beside its target. An id without one must say its unit. */
export const figure = (id: string, value: number, unit = ""): Figure =>
  judge(id, value, TARGETS[id] ?? { unit });
