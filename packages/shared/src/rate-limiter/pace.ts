const SECOND_MS = 1_000;

/** Hits counted over the last second, give or take: the last whole second weighs what is left of it. */
export class Pace {
  private second = 0;
  private inSecond = 0;
  private inLast = 0;

  hit(now: number): void {
    const second = Math.floor(now / SECOND_MS);
    if (second !== this.second) {
      this.inLast = second === this.second + 1 ? this.inSecond : 0;
      this.inSecond = 0;
      this.second = second;
    }
    this.inSecond += 1;
  }

  /** Right after `hit` with the same `now`. */
  hits(now: number): number {
    const left = 1 - (now % SECOND_MS) / SECOND_MS;
    return this.inSecond + Math.round(this.inLast * left);
  }
}
