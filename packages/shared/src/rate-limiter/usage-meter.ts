import type { ByteReader, ByteWriter } from "./wire.ts";

/** Admitted requests of one UTC month. */
export interface Usage {
  /** `YYYY-MM` */
  period: string;
  requests: number;
  /** Rises with every request, over all months: of two totals of a period the higher `seq` is right. */
  seq: number;
}

/** Absolute totals, never deltas: repeating, losing or reordering a flush does no harm. */
export class UsageMeter {
  private period = "";
  private periodEnds = 0;
  private requests = 0;
  private seq = 0;
  private flushedSeq = 0;
  /** Final totals of past months which nobody has confirmed yet. */
  private finals: Usage[] = [];

  add(requests: number, now: number): void {
    this.turn(now);
    this.requests += requests;
    this.seq += requests;
  }

  current(now: number): Usage {
    this.turn(now);
    return { period: this.period, requests: this.requests, seq: this.seq };
  }

  /** Every total not yet confirmed as stored, oldest first. */
  unflushed(now: number): Usage[] {
    const current = this.current(now);
    return current.requests > 0 && current.seq > this.flushedSeq
      ? [...this.finals, current]
      : [...this.finals];
  }

  /** The total of `period` with this `seq` is stored elsewhere. */
  flushed(period: string, seq: number): void {
    this.finals = this.finals.filter((final) => final.period !== period || final.seq > seq);
    if (period === this.period) this.flushedSeq = Math.max(this.flushedSeq, seq);
  }

  /** `reserved` requests are written as made: a crash may count them, never lose them. */
  encode(bytes: ByteWriter, reserved: number): void {
    bytes.text(this.period);
    bytes.number(this.periodEnds);
    bytes.number(this.requests + reserved);
    bytes.number(this.seq + reserved);
    bytes.number(this.flushedSeq);
    bytes.number(this.finals.length);
    for (const final of this.finals) {
      bytes.text(final.period);
      bytes.number(final.requests);
      bytes.number(final.seq);
    }
  }

  static decode(bytes: ByteReader): UsageMeter {
    const meter = new UsageMeter();
    meter.period = bytes.text();
    meter.periodEnds = bytes.number();
    meter.requests = bytes.number();
    meter.seq = bytes.number();
    meter.flushedSeq = bytes.number();
    for (let rest = bytes.number(); rest > 0; rest -= 1)
      meter.finals.push({ period: bytes.text(), requests: bytes.number(), seq: bytes.number() });
    return meter;
  }

  private turn(now: number): void {
    if (now < this.periodEnds) return;
    if (this.requests > 0 && this.seq > this.flushedSeq)
      this.finals.push({ period: this.period, requests: this.requests, seq: this.seq });
    const date = new Date(now);
    this.period = date.toISOString().slice(0, "YYYY-MM".length);
    this.periodEnds = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1);
    this.requests = 0;
  }
}
