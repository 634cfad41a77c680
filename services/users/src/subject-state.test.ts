import { PLANS } from "@luna/shared/plans";
import type { Ask, Presented } from "@luna/shared/rpc/subject";
import type { SubjectPush } from "@luna/shared/rpc/users";
import { describe, expect, it } from "vitest";

import { entitlement } from "./entitlement.ts";
import { randomOf } from "./random-for-tests.ts";
import { SubjectState, type Rows } from "./subject-state.ts";

const NOW = Date.UTC(2030, 0, 15, 10);
const HOUR = 3_600_000;
const MINUTE = 60_000;

/** Rows that outlive the object; what was put is copied, as storage does. */
const rowsOf = (): Rows => {
  const rows = new Map<string, unknown>();
  return {
    get: (name) => structuredClone(rows.get(name)),
    put: (name, value) => void rows.set(name, structuredClone(value)),
  };
};

const SESSION: Presented = { kind: "session", sessionId: "s1", generation: 1 };
const KEY: Presented = { kind: "key", keyId: "k1", secretHash: "h" };
const ask = (credential: Presented = SESSION, mark: string | null = null): Ask => ({
  credential,
  limit: "plan",
  needs: mark === null ? "read" : "write",
  cost: 1,
  mark,
  settled: [],
});

const start = (rows: Rows, now = NOW) => new SubjectState(rows, 1, now);

const known = (rows: Rows): SubjectState => {
  const subject = start(rows);
  subject.create("ann", { epoch: 0, seq: 0, subscriptions: [] });
  subject.push([accountOf({ seq: 1, generation: 1, status: "active" }, 0)], NOW);
  return subject;
};

interface AccountRow {
  seq: number;
  generation: number;
  status: "active" | "suspended";
}

const accountOf = (row: AccountRow, epoch: number): SubjectPush => ({
  kind: "account",
  epoch,
  role: "user",
  ...row,
});

const keyOf = (seq: number, live: boolean, epoch: number): SubjectPush => ({
  kind: "key",
  epoch,
  seq,
  keyId: "k1",
  grant: live ? { secretHash: "h", scopes: ["read", "write"], expiresAt: null } : null,
});

/** Auth and its outbox: pushes arrive at once, late, twice, in any order, or never. */
const runRevocations = (seed: number, lostTombstones = false): string[] => {
  const random = randomOf(seed);
  const rows = rowsOf();
  let subject = known(rows);
  const account: AccountRow = { seq: 1, generation: 1, status: "active" };
  const key = { seq: 0, state: "absent" as "absent" | "live" | "gone" };
  const ended = new Set<string>();
  let epoch = 0;
  let now = NOW;
  const late: SubjectPush[] = [];
  const breaches: string[] = [];

  /** Told before the change is answered; a copy comes again whenever it likes. */
  const tell = (push: SubjectPush): void => {
    subject.push([push], now);
    late.push(push);
  };
  /** Lost on the way: only the copy in the outbox is left. */
  const lose = (push: SubjectPush): void => void late.push(push);

  const moves: (() => void)[] = [
    () => {
      account.seq += 1;
      account.generation += 1;
      tell(accountOf(account, epoch));
    },
    () => {
      account.seq += 1;
      account.status = account.status === "active" ? "suspended" : "active";
      // Only what takes something away is awaited; what gives may be lost on the way.
      (account.status === "suspended" ? tell : lose)(accountOf(account, epoch));
    },
    () => {
      const sessionId = random() < 0.5 ? "s1" : "s2";
      ended.add(sessionId);
      tell({ kind: "session_revoked", sessionId, until: now + 16 * MINUTE });
    },
    () => {
      if (key.state !== "absent") return;
      key.state = "live";
      key.seq += 1;
      (random() < 0.5 ? tell : lose)(keyOf(key.seq, true, epoch));
    },
    () => {
      if (key.state !== "live") return;
      key.state = "gone";
      key.seq += 1;
      tell(keyOf(key.seq, false, epoch));
    },
    // A heal that read its row long before it arrives is a late push of that row.
    () => {
      const push = late[Math.floor(random() * late.length)];
      if (push !== undefined) subject.push([push], now);
    },
    () => {
      subject = start(rows, now);
      if (lostTombstones) rows.put("key:k1", undefined);
    },
    // A restore starts an epoch in which every row counts from where it was.
    () => {
      epoch += 1;
      account.seq = 1;
      tell(accountOf(account, epoch));
      key.seq = key.state === "absent" ? 0 : 1;
      if (key.state !== "absent") tell(keyOf(1, key.state === "live", epoch));
    },
    () => void (now += Math.floor(random() * MINUTE)),
  ];

  for (let step = 0; step < 40; step += 1) {
    moves[Math.floor(random() * moves.length)]?.();
    if (now - NOW > 15 * MINUTE) break;
    for (const sessionId of ["s1", "s2"]) {
      const presented = {
        ...SESSION,
        sessionId,
        generation: 1 + Math.floor(random() * account.generation),
      } as const;
      const { answer } = subject.admit(ask(presented), now);
      const good =
        account.status === "active" &&
        presented.generation === account.generation &&
        !ended.has(sessionId);
      if (answer.admitted && !good) breaches.push(`${seed}/${step}: ${sessionId}`);
    }
    const { answer } = subject.admit(ask(KEY), now);
    if (answer.admitted && (key.state !== "live" || account.status !== "active"))
      breaches.push(`${seed}/${step}: key`);
  }
  return breaches;
};

const seeds = (count: number): number[] => Array.from({ length: count }, (_, seed) => seed);

describe("what was taken away", () => {
  it("is refused on the very next request in 2,000 interleavings", () => {
    expect(seeds(2_000).flatMap((seed) => runRevocations(seed))).toEqual([]);
  });

  it("comes back in some of them when a tombstone is forgotten", () => {
    expect(seeds(500).flatMap((seed) => runRevocations(seed, true))).not.toEqual([]);
  });
});

/** Requests, crashes, flushes and outages; returns what a client and the database saw. */
const runUsage = (seed: number, memoryOnly: boolean) => {
  const random = randomOf(seed);
  const rows = rowsOf();
  let subject = known(rows);
  const endsAt = null;
  const plan = {
    tier: "enterprise",
    status: "active",
    pause: null,
    endsAt,
    renewsAt: null,
  } as const;
  subject.create("ann", { epoch: 0, seq: 1, subscriptions: [plan] });
  const database = new Map<string, { requests: number; seq: number }>();
  const seen = { acknowledged: 0, crashes: 0, least: 0, most: 0 };
  let now = NOW;
  let up = true;
  for (let step = 0; step < 60; step += 1) {
    const dice = random();
    now += Math.floor(random() * 900);
    if (dice < 0.7) {
      for (let hit = 1 + random() * 8; hit > 0; hit -= 1)
        if (subject.admit(ask(), now).answer.admitted) seen.acknowledged += 1;
    } else if (dice < 0.85) {
      if (memoryOnly) rows.put("ledger", undefined);
      subject = start(rows, now);
      seen.crashes += 1;
    } else if (dice < 0.95) {
      if (up)
        for (const { period, requests, seq } of subject.ledger.unflushed(now)) {
          if (seq >= (database.get(period)?.seq ?? 0)) database.set(period, { requests, seq });
          // The answer of the database may be lost.
          if (random() < 0.7) subject.ledger.flushed(period, seq);
        }
    } else up = !up;
    const over = subject.usage(now).requests - seen.acknowledged;
    seen.least = Math.min(seen.least, over);
    seen.most = Math.max(seen.most, over);
  }
  for (const { period, requests, seq } of subject.ledger.unflushed(now))
    database.set(period, { requests, seq });
  const total = subject.usage(now);
  return { ...seen, stored: database.get(total.period)?.requests ?? 0, told: total.requests };
};

describe("usage over a thousand runs of crashes and outages", () => {
  const step = PLANS.enterprise.userRequestsPerHour / 100;

  it("is never below what was answered, and above it by at most a step per crash", () => {
    for (const seed of seeds(1_000)) {
      const { least, most, crashes, stored, told } = runUsage(seed, false);
      expect(least).toBe(0);
      expect(most).toBeLessThanOrEqual(crashes * step);
      expect(stored).toBe(told);
    }
  });

  it("would be below it if counters were kept in memory only", () => {
    expect(seeds(50).some((seed) => runUsage(seed, true).least < 0)).toBe(true);
  });
});

describe("the hour of a free plan", () => {
  it("admits no more than it says in any rolling hour, whatever crashes", () => {
    const { userRequestsPerHour } = PLANS.free;
    for (const seed of seeds(40)) {
      const random = randomOf(seed);
      const rows = rowsOf();
      let subject = known(rows);
      const admitted: number[] = [];
      for (let now = NOW; now < NOW + 3 * HOUR; now += Math.floor(random() * 60_000)) {
        if (random() < 0.1) subject = start(rows, now);
        for (let hit = random() * 6; hit > 0; hit -= 1)
          if (subject.admit(ask(), now).answer.admitted) admitted.push(now);
      }
      const hours = admitted
        .slice(userRequestsPerHour)
        .map((time, index) => time - (admitted[index] ?? 0));
      expect(Math.min(...hours)).toBeGreaterThanOrEqual(HOUR);
      expect(admitted.length).toBeGreaterThan(2 * userRequestsPerHour);
    }
  });
});

describe("the plan that a Subject answers by", () => {
  it("is what its facts entitle to at any time asked, in any order", () => {
    const random = randomOf(20_261_122);
    const at = (hours: number): number => NOW + Math.floor(random() * hours * HOUR);
    const plan = (seq: number) => ({
      epoch: 0,
      seq,
      subscriptions: [
        { tier: "pro", status: "cancelled", pause: null, endsAt: at(10), renewsAt: null } as const,
      ],
      grants: [{ tier: "enterprise", until: at(10) } as const],
    });
    const subject = known(rowsOf());
    for (let seq = 1; seq <= 200; seq += 1) {
      const told = plan(seq);
      subject.create("ann", told);
      for (let look = 0; look < 10; look += 1) {
        const now = at(12);
        const { tier } = entitlement(told.subscriptions, now, told.grants);
        expect(subject.usage(now).tier).toBe(tier);
      }
    }
  });
});
