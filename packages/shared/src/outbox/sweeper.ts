import { DurableObject } from "cloudflare:workers";

/** A crash is noticed at most this much later. */
const SWEEP_EVERY_MS = 5_000;
/** A commit may land up to the D1 deadline after its arming, so an armed sweeper looks again. */
const STAY_ARMED_MS = 15_000;

/** What one sweep left behind. */
export interface Swept {
  /** `true` keeps the alarm running. */
  waiting: boolean;
  /** When the next thing is due, if that is known: the alarm sleeps until then. Milliseconds since 1970. */
  nextAt?: number;
}

/**
 * The guarantee behind "acknowledged is never lost": an alarm in durable storage, set before the
 * commit, that delivers whatever the Worker could not. One object per service; it holds no data.
 */
export abstract class Sweeper<Env> extends DurableObject<Env> {
  /** An object that wakes up does not know when it was armed, so it assumes: just now. */
  #armedAt = Date.now();

  /** For a service whose work cannot wait that long. */
  protected readonly sweepEveryMs: number = SWEEP_EVERY_MS;

  /** Delivers what is due. Must not throw for an outage of a receiver. */
  protected abstract sweep(): Promise<Swept>;

  /** Makes sure a sweep comes within five seconds. */
  async arm(): Promise<void> {
    this.#armedAt = Date.now();
    const soon = this.#armedAt + this.sweepEveryMs;
    const alarm = await this.ctx.storage.getAlarm();
    if (alarm === null || alarm > soon) await this.ctx.storage.setAlarm(soon);
  }

  override async alarm(): Promise<void> {
    let swept: Swept = { waiting: true };
    try {
      swept = await this.sweep();
    } finally {
      const soon = Date.now() + this.sweepEveryMs;
      // Never rely on the runtime's own retries: there are only six.
      if (Date.now() - this.#armedAt < STAY_ARMED_MS) await this.ctx.storage.setAlarm(soon);
      else if (swept.waiting) await this.ctx.storage.setAlarm(Math.max(soon, swept.nextAt ?? soon));
    }
  }
}
