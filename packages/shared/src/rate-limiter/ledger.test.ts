import { describe, expect, it } from "vitest";

import { Ledger } from "./ledger.ts";
import { DAY_MS } from "./policy.ts";
import { ALONE_MS, LEAST_PATIENCE_MS, LONGEST_STEP_MS, STEP_LIFE_MS } from "./reservations.ts";
import {
  HOUR,
  MINUTE,
  openLedger,
  perDay,
  randomOf,
  rolling,
  SECOND,
  START,
} from "./simulation-for-tests.ts";

const hour = (limit: number) => rolling("user/hour", limit, HOUR);
const burst = rolling("burst", 50, 10 * SECOND);
const creates = rolling("creates", 100, MINUTE);
const remaining = (ledger: Ledger, limit: number, now: number) =>
  ledger.limits([hour(limit)], now)[0]?.remaining;

describe("persistence ahead of use", () => {
  it("writes a row for a hit that comes alone, and reserves nothing", () => {
    const ledger = Ledger.restore(null, START);
    expect(ledger.admit([hour(5_000)], 1, START)).toMatchObject({ write: true, closeAt: null });
    const later = START + ALONE_MS;
    expect(ledger.admit([hour(5_000)], 1, later)).toMatchObject({ write: true, closeAt: null });
  });

  it("writes a row for every hit where a step would be one unit", () => {
    const ledger = Ledger.restore(null, START);
    const answers = [0, 1, 2, 3].map((ms) => ledger.admit([hour(199)], 1, START + ms));
    expect(answers.every(({ write, closeAt }) => write && closeAt === null)).toBe(true);
  });

  it("writes two rows for a write and the read after it, and asks for no timer", () => {
    const ledger = Ledger.restore(null, START);
    for (const now of [START, START + 50, START + 60_000, START + 60_050])
      expect(ledger.admit([hour(5_000)], 1, now)).toMatchObject({ write: true, closeAt: null });
  });

  it("reserves from the third on as many as came in the last second, and asks for no timer once they are used", () => {
    const ledger = Ledger.restore(null, START);
    const answers = [0, 1, 2, 3, 4, 5, 6, 7].map((ms) =>
      ledger.admit([hour(5_000)], 1, START + ms),
    );
    const due = (ms: number) => START + ms + LEAST_PATIENCE_MS;
    const rows = answers.flatMap(({ write }, nth) => (write ? [nth] : []));
    const armed = answers.map(({ closeAt }) => closeAt);
    expect(rows).toEqual([0, 1, 2, 5]);
    expect(armed.slice(0, 4)).toEqual([null, null, due(2), due(3)]);
    expect(armed.slice(4)).toEqual([null, due(5), due(6), due(7)]);
  });

  it("never reserves more than every policy has left", () => {
    const ledger = Ledger.restore(null, START);
    const few = rolling("burst", 5, 10 * SECOND);
    const answers = [0, 1, 2, 3, 4].map((ms) => ledger.admit([hour(5_000), few], 1, START + ms));
    expect(answers.at(-1)).toMatchObject({ admitted: true, write: false, closeAt: null });
  });

  it("drops the reservation of a policy that is no longer asked", () => {
    const ledger = Ledger.restore(null, START);
    for (const ms of [0, 1, 2]) ledger.admit([hour(5_000), creates], 1, START + ms);
    const long = START + ALONE_MS + 100;
    const times = [START + 500, long, long + 1];
    const answers = times.map((now) => ledger.admit([hour(5_000)], 1, now));
    expect(answers.map(({ write }) => write)).toEqual([false, true, false]);
    const now = long + 1;
    const [restored] = Ledger.restore(ledger.snapshot(), now).limits([creates], now);
    expect(restored?.remaining).toBe(creates.limit - 3);
  });

  it("needs a row again after the deadline", () => {
    const ledger = Ledger.restore(null, START);
    ledger.admit([hour(5_000)], 1, START);
    for (const ms of [1, 2]) ledger.admit([hour(5_000)], 1, START + ms);
    expect(ledger.admit([hour(5_000)], 1, START + 2 + STEP_LIFE_MS).write).toBe(false);
    expect(ledger.admit([hour(5_000)], 1, START + 3 + STEP_LIFE_MS).write).toBe(true);
  });

  it("gives the unused rest back once, when it is due", () => {
    const { ask, ledger } = openLedger([hour(5_000)]);
    for (const ms of [0, 1]) ask(START + ms);
    const { closeAt } = ask(START + 2);
    const due = closeAt ?? 0;
    expect(ledger().close(due - 1)).toEqual({ write: false, closeAt: due });
    expect(remaining(Ledger.restore(ledger().snapshot(), due), 5_000, due)).toBe(4_995);
    expect(ledger().close(due)).toEqual({ write: true, closeAt: null });
    expect(remaining(Ledger.restore(ledger().snapshot(), due), 5_000, due)).toBe(4_997);
    expect(ledger().close(due)).toEqual({ write: false, closeAt: null });
  });

  /** Hits at these times, each after `close` whenever that was due; how many rows they and it wrote. */
  const rowsOf = (hits: readonly number[]) => {
    const ledger = Ledger.restore(null, START);
    const seen = { rows: 0, given: 0, closeAt: null as number | null };
    for (const now of hits) {
      while (seen.closeAt !== null && seen.closeAt <= now) {
        const { write, closeAt } = ledger.close(seen.closeAt);
        seen.given += Number(write);
        seen.closeAt = closeAt;
      }
      const { write, closeAt } = ledger.admit([hour(5_000)], 1, now);
      seen.rows += Number(write);
      seen.closeAt ??= closeAt;
    }
    return { ...seen, ledger };
  };
  const every = (ms: number, times: number) =>
    Array.from({ length: times }, (_, nth) => START + nth * ms);

  it("gives nothing back while the hits go on, and writes no row but one per step", () => {
    const { rows, given } = rowsOf(every(400, 1_000));
    expect(given).toBe(0);
    // A step holds 50, and the first ones are small because nobody knew yet.
    expect(rows).toBeLessThanOrEqual(1_000 / 50 + 6);
  });

  it("takes clicks every three seconds for hits that go on, and writes one row for twenty", () => {
    const { rows, given } = rowsOf(every(3_000, 200));
    expect(given).toBe(0);
    expect(rows).toBeLessThanOrEqual(200 / 20 + 6);
  });

  it.each([
    ["a second", "a burst", every(10, 4), LEAST_PATIENCE_MS],
    ["as long as they lasted", "hits of two seconds", every(400, 6), 2_000],
    ["no longer than a hit alone takes", "hits of a minute", every(400, 150), ALONE_MS],
  ])("waits %s after the last of %s", (_time, _what, hits, patience) => {
    const { ledger } = rowsOf(hits);
    const due = (hits.at(-1) ?? 0) + patience;
    expect(ledger.close(due - 1)).toEqual({ write: false, closeAt: due });
    expect(ledger.close(due)).toEqual({ write: true, closeAt: null });
  });

  it("reserves for a minute at most", () => {
    const hits = every(2_000, 600);
    const { ledger } = rowsOf(hits);
    const now = (hits.at(-1) ?? 0) + 1;
    const left = remaining(ledger, 5_000, now) ?? 0;
    const crashed = Ledger.restore(ledger.snapshot(), now);
    expect(remaining(crashed, 5_000, now)).toBeLessThan(left);
    expect(remaining(crashed, 5_000, now + HOUR + LONGEST_STEP_MS)).toBe(5_000);
  });

  it("reserves nothing beyond midnight UTC, and counts it to the day that ends", () => {
    const midnight = Date.UTC(2026, 10, 22);
    const policies = [perDay("key/day:k1", 1_000)];
    const { ask, crash, limits } = openLedger(policies);
    for (const ms of [11, 10, 9, 8, 7, 6]) ask(midnight - ms);
    crash(midnight - 5);
    expect(limits(midnight - 5)[0]?.remaining).toBe(989);
    crash(midnight);
    expect(limits(midnight)[0]?.remaining).toBe(1_000);
  });

  it("stays exact when requests ask different policies, through crashes", () => {
    const sets = [[hour(1_000), burst], [hour(1_000), burst, creates], [hour(1_000)]];
    const step = 10;
    for (let seed = 1; seed <= 20; seed += 1) {
      const random = randomOf(seed);
      const all = [
        hour(1_000),
        burst,
        creates,
        perDay("key/day:k1", 500),
        perDay("key/day:k2", 500),
      ];
      const { ask, crash, limits, seen } = openLedger(all);
      let now = START;
      for (let hit = 0; hit < 2_000; hit += 1) {
        now += random() < 0.01 ? 30 * SECOND : Math.floor(random() * 100);
        const key = all[3 + Math.floor(random() * 2)] ?? burst;
        ask(now, [...(sets[hit % sets.length] ?? []), key], random() < 0.9 ? 1 : 3);
        if (random() > 0.02) continue;
        const before = limits(now).map((state) => state.remaining);
        crash(now);
        for (const [nth, state] of limits(now).entries()) {
          const wasted = (before[nth] ?? 0) - state.remaining;
          expect(wasted).toBeGreaterThanOrEqual(0);
          expect(wasted).toBeLessThanOrEqual(step);
        }
      }
      expect(seen.rows).toBeLessThan(seen.admitted);
    }
  });
});

describe("a plan change", () => {
  it("keeps what was spent when the limit grows from an exact log to buckets", () => {
    const { ask, crash, ledger } = openLedger([hour(100)]);
    for (let hit = 0; hit < 100; hit += 1) ask(START + hit * SECOND);
    const now = START + 103 * SECOND;
    expect(ask(now).admitted).toBe(false);
    expect(ask(now, [hour(5_000)]).limits[0]?.remaining).toBe(4_899);
    crash(now);
    expect(remaining(ledger(), 5_000, now)).toBe(4_899);
    expect(remaining(ledger(), 5_000, START + HOUR)).toBe(4_900);
    expect(remaining(ledger(), 5_000, now + HOUR)).toBe(5_000);
  });

  it("holds a smaller plan to what was spent under the larger", () => {
    const { ask, ledger } = openLedger([hour(5_000)]);
    for (let hit = 0; hit < 300; hit += 1) ask(START + hit * SECOND);
    const now = START + 300 * SECOND;
    const { admitted, retryAt } = ask(now, [hour(100)]);
    expect(admitted).toBe(false);
    expect(retryAt).toBeGreaterThanOrEqual(START + 200 * SECOND + HOUR);
    expect(ask((retryAt ?? 0) - 1, [hour(100)]).admitted).toBe(false);
    expect(ask(retryAt ?? 0, [hour(100)]).admitted).toBe(true);
    expect(remaining(ledger(), 100, now + 2 * HOUR)).toBe(100);
  });

  it("keeps the count when a name turns from a rolling window into a day", () => {
    const { ask } = openLedger([hour(100)]);
    for (let hit = 0; hit < 40; hit += 1) ask(START + hit);
    expect(ask(START + 50, [perDay("user/hour", 100)]).limits[0]?.remaining).toBe(59);
  });
});

describe("a snapshot", () => {
  it("drops counters whose window has passed", () => {
    const { ask, ledger } = openLedger([burst]);
    ask(START, [burst, perDay("key/day:k1", 100), hour(1_000)]);
    const { length } = ledger().snapshot();
    ask(START + 30 * HOUR, [hour(1_000)]);
    const after = ledger().snapshot();
    expect(after.length).toBeLessThan(length - "burstkey/day:k1".length);
    expect(new TextDecoder().decode(after)).not.toContain("k1");
  });

  it("is small: a thousand exact hits in 4 KB", () => {
    const { ask, ledger } = openLedger([hour(1_000)]);
    for (let hit = 0; hit < 1_000; hit += 1) ask(START + hit * 3_600);
    expect(ledger().snapshot().length).toBeLessThan(4_096);
  });

  it("does not grow with the days and the keys that are over", () => {
    const { ask, ledger } = openLedger([]);
    const lengths = Array.from({ length: 400 }, (_, day) => {
      const now = START + day * DAY_MS;
      ask(now, [hour(1_000), burst, perDay(`key:${1_000 + day}`, 100)]);
      // Months that nobody has stored elsewhere are the one thing that must be kept.
      for (const { period, seq } of ledger().unflushed(now)) ledger().flushed(period, seq);
      return ledger().snapshot().length;
    });
    expect(Math.max(...lengths.slice(1))).toBeLessThanOrEqual((lengths[0] ?? 0) + 8);
  });
});

describe("a damaged row", () => {
  const policies = [hour(1_000), burst, perDay("key/day:k1", 100)];
  const row = () => {
    const { ask, ledger } = openLedger(policies);
    for (let hit = 0; hit < 20; hit += 1) ask(START + hit);
    return ledger().snapshot();
  };
  const damage: [string, (row: Uint8Array) => Uint8Array][] = [
    ["of another format", (bytes) => new Uint8Array([9, ...bytes.slice(1)])],
    ["cut off", (bytes) => bytes.slice(0, -1)],
    ["of nothing", () => new Uint8Array()],
    ["with a name that is no text", (bytes) => bytes.map((byte) => (byte === 0x75 ? 0xff : byte))],
    ["of a clock from the future", () => Ledger.restore(null, START + 400 * DAY_MS).snapshot()],
  ];

  it.each(damage)("%s admits nobody for a window, and then everybody again", (_what, harm) => {
    const now = START + MINUTE;
    const ledger = Ledger.restore(harm(row()), now);
    expect(ledger.damaged).toBe(true);
    const ends: [number, typeof policies][] = [
      [now + 10 * SECOND, [burst]],
      [now + HOUR, [hour(1_000), burst]],
      [(Math.floor(now / DAY_MS) + 1) * DAY_MS, policies],
    ];
    for (const [end, asked] of ends) {
      expect(ledger.admit(asked, 1, end - 1)).toMatchObject({ admitted: false, retryAt: end });
      expect(ledger.admit(asked, 1, end).admitted).toBe(true);
    }
    expect(ledger.limits([hour(1_000)], ends[2]?.[0] ?? 0)[0]?.remaining).toBe(999);
  });

  it("is known for one through any number of restarts, and delays nobody for longer", () => {
    let ledger = Ledger.restore(new Uint8Array([9]), START);
    for (let minute = 0; minute < 60; minute += 1) {
      expect(ledger.admit([hour(10)], 1, START + minute * MINUTE).admitted).toBe(false);
      ledger = Ledger.restore(ledger.snapshot(), START + minute * MINUTE);
      expect(ledger.damaged).toBe(false);
    }
    expect(ledger.admit([hour(10)], 1, START + HOUR).admitted).toBe(true);
  });

  it("gives nobody more by a better plan than the old one could have spent", () => {
    const ledger = Ledger.restore(new Uint8Array([9]), START);
    expect(ledger.admit([hour(100)], 1, START).admitted).toBe(false);
    expect(remaining(ledger, 1_000, START + SECOND)).toBe(900);
  });
});

describe("a clock that runs backwards", () => {
  it.each([false, true])("stands still, with a restore between: %s", (restored) => {
    const { ask, crash } = openLedger([rolling("burst", 2, SECOND)]);
    ask(START + SECOND);
    if (restored) crash(START);
    ask(START);
    expect(ask(START + SECOND).admitted).toBe(false);
    expect(ask(START).retryAt).toBe(START + 2 * SECOND);
    expect(ask(START + 2 * SECOND).admitted).toBe(true);
  });
});
