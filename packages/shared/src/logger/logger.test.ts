import { describe, expect, it } from "vitest";

import { newTrace } from "../trace.ts";
import { createLogger, tracedLogger, type Logger } from "./logger.ts";

const AT = Date.UTC(2026, 10, 21, 12);

/** The lines that some use of a logger writes, as they leave. */
const linesOf = (use: (log: Logger) => void): string[] => {
  const lines: string[] = [];
  const write = (line: string) => lines.push(line);
  use(createLogger({ service: "users", version: "v1", clock: () => AT, write }));
  return lines;
};
const parsed = (use: (log: Logger) => void): unknown[] =>
  linesOf(use).map((line) => JSON.parse(line) as unknown);

const base = { time: "2026-11-21T12:00:00.000Z", service: "users", version: "v1" };

describe("a log line", () => {
  it.each(["info", "warn", "error", "audit"] as const)("is one JSON object: %s", (level) => {
    expect(parsed((log) => log[level]("happened", { userId: "00u" }))).toEqual([
      { ...base, level, message: "happened", userId: "00u" },
    ]);
  });

  it.each([0, 1, 999, 1_000, 1_060, 1_059, 59_999, -1, 1_000])(
    "tells its time to the millisecond: %i ms from noon",
    (ms) => {
      const lines: string[] = [];
      const write = (line: string) => lines.push(line);
      createLogger({ service: "users", version: "v1", clock: () => AT + ms, write }).info("m");
      expect(JSON.parse(lines[0] ?? "")).toMatchObject({ time: new Date(AT + ms).toISOString() });
    },
  );

  it("is JSON whether its fields are plain or not", () => {
    const odd = { 'na"me': 'qu"ote', under_score: "a b", none: null, not: undefined, nan: NaN };
    const fields = { path: "/v1/me", status: 200, ms: 1.5, ok: true, ...odd };
    const { not: _, nan: __, ...written } = fields;
    const [plain, mixed] = parsed((log) => {
      log.info("m", { path: "/v1/me", status: 200, ms: 1.5 });
      log.info("m", fields);
    });
    expect(plain).toEqual({
      ...base,
      level: "info",
      message: "m",
      path: "/v1/me",
      status: 200,
      ms: 1.5,
    });
    expect(mixed).toEqual({ ...base, level: "info", message: "m", ...written, nan: null });
  });

  it("is no wider than any other, however plain its fields are", () => {
    const wide = Object.fromEntries(Array.from({ length: 60 }, (_, at) => [`n${at}`, at]));
    const [line] = parsed((log) => log.info("m", wide)) as [object];
    expect(Object.keys(line)).toHaveLength(50 + Object.keys(base).length + 2);
  });

  it("is one measurement", () => {
    expect(parsed((log) => log.metric("mail.sent", 2, { transport: "smtp" }))).toEqual([
      { ...base, level: "metric", message: "mail.sent", value: 2, transport: "smtp" },
    ]);
  });

  it("stays one line whatever stands in it", () => {
    const forged = 'x\n{"level":"audit","message":"forged"}\r\n\u0000';
    const lines = linesOf((log) => log.info(forged, { detail: forged, error: new Error(forged) }));
    expect(lines).toHaveLength(1);
    expect(lines[0]).not.toMatch(/[\n\r\0]/);
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({ level: "info", detail: forged });
  });

  it("cannot be made to lie about where it comes from", () => {
    const fields = { level: "audit", service: "auth", time: "never", version: "v2", message: "m" };
    expect(parsed((log) => log.info("happened", fields))).toEqual([
      { ...base, level: "info", message: "happened" },
    ]);
  });

  it("holds no secret, in the message either", () => {
    const lines = linesOf((log) =>
      log.child({ password: "hunter2" }).warn("got Bearer hunter2", { token: "hunter2" }),
    );
    expect(lines.join("")).not.toContain("hunter2");
  });

  it("is written even when a field cannot be read", () => {
    const fields = {
      get broken(): never {
        throw new Error("no");
      },
      fine: 1,
    };
    expect(parsed((log) => log.info("happened", fields))).toMatchObject([{ fine: 1 }]);
  });
});

describe("a child", () => {
  it("has the fields of all its parents, and its own win", () => {
    expect(
      parsed((log) => log.child({ a: 1, b: 1 }).child({ b: 2, c: 2 }).info("m", { c: 3 })),
    ).toMatchObject([{ a: 1, b: 2, c: 3 }]);
  });

  it("leaves its parent as it was", () => {
    const lines = parsed((log) => {
      log.child({ a: 1 }).info("child");
      log.info("parent");
    });
    expect(lines[1]).not.toHaveProperty("a");
  });

  it("stamps the trace on every line", () => {
    const trace = newTrace();
    expect(parsed((log) => tracedLogger(log, trace).info("m"))).toMatchObject([trace]);
  });
});
