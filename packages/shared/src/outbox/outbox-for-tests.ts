import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { createDatabase } from "../d1/database.ts";
import { openTestD1 } from "../d1/sqlite-for-tests.ts";
import { createLogger } from "../logger/logger.ts";
import { ok } from "../rpc/result.ts";
import { newTrace } from "../trace.ts";
import type { Deliver, Effect, Relay } from "./outbox.ts";

/** The DDL as the comment of a source file gives it: the comment is the contract. */
const schemaIn = (file: string): string =>
  Array.from(
    readFileSync(fileURLToPath(new URL(file, import.meta.url).href), "utf8").matchAll(
      /^ \* {5}(.*)$/gm,
    ),
  )
    .map(([, line]) => line)
    .join("\n");

export const START = Date.UTC(2026, 10, 21, 12);
export const SECOND = 1_000;
export const HOUR = 3_600 * SECOND;

export const effect: Effect = {
  effect: "mail.accept",
  key: "verify:a1:1",
  payload: { to: "sealed" },
};

/** An outbox over SQLite with a clock to turn, a receiver to break, and what both saw. */
export const openOutbox = () => {
  const { d1, sqlite, statements } = openTestD1(
    `${schemaIn("./outbox.ts")}; ${schemaIn("../audit.ts")}; CREATE TABLE things (name TEXT UNIQUE) STRICT`,
  );
  const state = { now: START, deliver: (() => Promise.resolve(ok(null))) as Deliver };
  const received: Effect[] = [];
  const lines: string[] = [];
  const clock = () => state.now;
  const relay: Relay = {
    db: createDatabase(d1),
    clock,
    log: createLogger({ service: "t", version: "1", clock, write: (line) => lines.push(line) }),
    deliver: (given, trace) => {
      received.push(given);
      return state.deliver(given, trace);
    },
  };
  const rows = () => sqlite.prepare("SELECT * FROM outbox ORDER BY created_at, key").all();
  const things = () => sqlite.prepare("SELECT name FROM things").all();
  return { relay, state, received, lines, statements, sqlite, rows, things, trace: newTrace() };
};

export type TestOutbox = ReturnType<typeof openOutbox>;
