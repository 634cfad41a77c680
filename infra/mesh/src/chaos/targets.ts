import { type Figure, judge, type Target } from "@luna/bench/figure";

interface Aim extends Target {
  /** A matter of the machine's speed: reported, and never the reason for a failed run. */
  speed?: true;
  /** What a quick run must reach instead. */
  quick?: Partial<Target>;
}

const none = (unit: string): Aim => ({ unit, atMost: 0 });

/** Every figure of a run and what it must reach. */
const AIMS: Readonly<Record<string, Aim>> = {
  "webhook.acked_lost": none("deliveries"),
  "webhook.kills": { unit: "kills", atLeast: 20, quick: { atLeast: 3 } },
  "webhook.ack_p50_ms": { unit: "ms", below: 10, speed: true },
  "webhook.ack_p99_ms": { unit: "ms", below: 50, speed: true },
  "webhook.d1_down_lost": none("deliveries"),
  "effects.duplicated": none("effects"),
  "effects.control_caught": { unit: "effects", above: 0 },
  "order.diverged": none("permutations"),
  "order.control_caught": { unit: "permutations", above: 0 },
  "reconcile.unrepaired": none("objects"),
  "reconcile.report_wrong": none("objects"),
  "rebuild.diff": none("rows"),
  "forged.accounts_changed": none("accounts"),
  "access.after_end": none("answers"),
  "secret_rotation.lost": none("deliveries"),
  "mail.lost": none("mails"),
  "mail.unexplained_duplicates": none("mails"),
  "mail.unbalanced": none("mails"),
  "mail.recovery_median_s": { unit: "s", below: 5, speed: true },
  "mail.per_s": { unit: "per s", atLeast: 100, speed: true },
  "mail.accept_p99_ms": { unit: "ms", below: 30, speed: true },
  "provider_down.attempts": { unit: "per 30 s", atMost: 1 },
  "provider_down.dead": none("mails"),
  "provider_down.delivered_after": { unit: "ratio", atLeast: 1 },
  "injection.escaped": none("letters"),
  "injection.control_caught": { unit: "letters", above: 0 },
  "usage.kills": { unit: "kills", atLeast: 20, quick: { atLeast: 3 } },
  "usage.missing": none("requests"),
  "usage.excess": none("requests"),
  "usage.flush_s": { unit: "s", atMost: 60, speed: true },
  "usage.flush_diff": none("requests"),
};

export const isSpeed = (id: string): boolean => AIMS[id]?.speed === true;

/** A measured value beside what it must reach in this run. */
export const figure = (id: string, value: number, quick: boolean): Figure => {
  const aim = AIMS[id];
  if (aim === undefined) throw new Error(`${id} has no target`);
  return judge(id, value, quick ? { ...aim, ...aim.quick } : aim);
};
