import type { Ask } from "@luna/shared/rpc/subject";
import { describe, expect, it } from "vitest";

import { fromEdge, keepAtEdge, type CacheKey } from "../../../services/gateway/src/edge-cache.ts";
import { randomOf } from "../../../services/users/src/random-for-tests.ts";
import { SubjectState, type Rows } from "../../../services/users/src/subject-state.ts";

const NOW = Date.UTC(2030, 0, 15, 10);
/** An upload and its service have this long; afterwards nothing is written. */
const WRITE_MS = 25_000;
const STEPS = 60;

/** What is wrong with the world besides time: which guarantee has been taken away. */
const CONTROLS = [
  "ends told too early",
  "version after the fill",
  "no marks",
  "marks in memory",
  "timestamps",
  "endless writes",
  "answers kept by chance",
] as const;
type Control = "none" | (typeof CONTROLS)[number];

interface Stale {
  seed: number;
  seen: number;
  written: number;
}

/**
 * One user, a database that only counts up, and reads and writes whose steps interleave as the seed
 * says: settles are lost, repeated and late, some bring a plan, others come with a later question,
 * pushes and the clean-up they cause come in between, the Subject crashes, fills arrive whenever they like.
 */
const runSchedule = async (seed: number, control: Control): Promise<Stale[]> => {
  const random = randomOf(seed);
  const rows = new Map<string, unknown>();
  const storage: Rows = {
    get: (name) => structuredClone(rows.get(name)),
    put: (name, value) => {
      if (name === "marked" && control === "marks in memory") return;
      rows.set(name, structuredClone(value));
    },
  };
  let now = NOW;
  let subject = new SubjectState(storage, 1_000, now);
  const userId = `${control} ${seed}`;
  subject.create(userId, { epoch: 0, seq: 0, subscriptions: [] });
  const account = { kind: "account", epoch: 0, seq: 1, generation: 1 } as const;
  subject.push([{ ...account, role: "user", status: "active" }], now);

  let stored = 0;
  let acknowledged = 0;
  const stale: Stale[] = [];
  /** Marks of writes that are over, for the next question to tell. */
  let over: string[] = [];

  const admit = (mark: string | null): string | null => {
    const credential = { kind: "session", sessionId: "s1", generation: 1 } as const;
    const ask: Ask = { credential, limit: "plan", needs: "read", cost: 1, mark, settled: over };
    // Sometimes another isolate asks, which knows of no end; sometimes the same is told twice.
    if (random() < 0.3) ask.settled = [];
    else if (random() < 0.8) over = [];
    const { answer } = subject.admit(ask, now);
    if (!answer.admitted) throw new Error(answer.code);
    return control === "timestamps" ? String(Math.floor(now / 1_000)) : answer.version;
  };
  const keyOf = (version: string): CacheKey => ({
    userId,
    scopes: null,
    url: "/v1/me",
    language: "en",
    version,
  });

  async function* read(): AsyncGenerator<void, void> {
    const mustShow = acknowledged;
    const started = now;
    const judge = (seen: number): void => {
      if (seen < mustShow) stale.push({ seed, seen, written: mustShow });
    };
    const version = admit(null);
    yield;
    const kept = version === null ? null : fromEdge(keyOf(version), started);
    if (kept !== null) return judge(Number(kept.body));
    const value = stored;
    yield;
    const name = control === "version after the fill" ? admit(null) : version;
    const answer = { status: 200, headers: {}, body: String(value) };
    if (name !== null) keepAtEdge(keyOf(name), answer, null, started);
    yield;
    return judge(value);
  }

  async function* write(byAnother: boolean): AsyncGenerator<void, void> {
    const mark = `${random()}`;
    const started = now;
    if (control !== "no marks")
      if (byAnother) subject.mark(mark, now);
      else admit(mark);
    if (control === "ends told too early") over.push(mark);
    yield;
    if (now - started > WRITE_MS && control !== "endless writes") return;
    stored += 1;
    const written = stored;
    yield;
    // What it answers with is kept as the next read, as soon as it may be shown at all.
    const name = control === "answers kept by chance" ? admit(null) : mark;
    const answer = { status: 200, headers: {}, body: String(written) };
    if (!byAnother && name !== null) keepAtEdge(keyOf(name), answer, null, started);
    // The answer reaches the client, or the client never learns.
    if (random() < 0.8) acknowledged = Math.max(acknowledged, written);
    yield;
    if (!byAnother && random() < 0.5) {
      if (random() < 0.8) over.push(mark);
      return;
    }
    for (let copies = Math.floor(random() * 3); copies > 0; copies -= 1) {
      subject.settle(
        [mark],
        byAnother && random() < 0.5 ? { epoch: 0, seq: written, subscriptions: [] } : null,
      );
      yield;
    }
  }

  /** Auth tells of a session that ended, perhaps late or again; old marks and sessions are cleaned up with it. */
  const push = (): void => {
    const sessionId = `other ${Math.floor(random() * 3)}`;
    subject.push([{ kind: "session_revoked", sessionId, until: now + 1_000 }], now);
  };

  const running: AsyncGenerator<void, void>[] = [];
  for (let step = 0; step < STEPS; step += 1) {
    const dice = random();
    if (dice < 0.2) running.push(read());
    else if (dice < 0.3) running.push(write(random() < 0.3));
    else if (dice < 0.33) subject = new SubjectState(storage, 1_000, now);
    else if (dice < 0.36) push();
    else if (dice < 0.42) now += Math.floor(random() * 40_000);
    else if (dice < 0.52) now += Math.floor(random() * 300);
    else {
      const index = Math.floor(random() * running.length);
      if ((await running[index]?.next())?.done === true) running.splice(index, 1);
    }
  }
  return stale;
};

const SCHEDULES = 10_000;

/** The stale reads of the first schedule that has any. */
const firstStale = async (control: Control): Promise<Stale[]> => {
  for (let seed = 0; seed < SCHEDULES; seed += 1) {
    const stale = await runSchedule(seed, control);
    if (stale.length > 0) return stale;
  }
  return [];
};

describe("a read after one's own write", () => {
  it("is never stale in 10,000 schedules", async () => {
    expect(await firstStale("none")).toEqual([]);
  });

  it.each(CONTROLS)("is stale in some of them with %s", async (control) => {
    expect(await firstStale(control)).not.toEqual([]);
  });
});
