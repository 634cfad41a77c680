import type { Trace } from "../trace.ts";
import { redact, redactText } from "./redact.ts";

export type Level = "info" | "warn" | "error" | "audit" | "metric";
export type Fields = Record<string, unknown>;

export interface Logger {
  info(message: string, fields?: Fields): void;
  warn(message: string, fields?: Fields): void;
  error(message: string, fields?: Fields): void;
  /** A security-relevant fact; the durable record is the audit table, this line is its echo. */
  audit(action: string, fields?: Fields): void;
  /** One measurement: `metric("mail.sent", 1, {transport})`. */
  metric(name: string, value: number, fields?: Fields): void;
  /** The same logger with `fields` on every line. */
  child(fields: Fields): Logger;
}

/** Where lines go. `console.log` by default; Workers Logs indexes the fields of a JSON line. */
export type Write = (line: string) => void;

export interface LoggerOptions {
  service: string;
  version: string;
  /** Milliseconds since 1970. */
  clock?: () => number;
  write?: Write;
}

/** One JSON object per line: `level`, `message`, `time`, `service`, `version`, then the fields. */
export const createLogger = (
  { service, version, clock = Date.now, write = console.log }: LoggerOptions,
  bound: Fields = {},
): Logger => {
  const line = (level: Level, message: string, fields: Fields = {}): void => {
    const stamp = {
      level,
      message: redactText(message),
      time: new Date(clock()).toISOString(),
      service,
      version,
    };
    // First for the reader, and again last so that no field passes for the stamp.
    write(JSON.stringify(Object.assign({ ...stamp }, redact(bound), redact(fields), stamp)));
  };
  return {
    info: (message, fields) => line("info", message, fields),
    warn: (message, fields) => line("warn", message, fields),
    error: (message, fields) => line("error", message, fields),
    audit: (action, fields) => line("audit", action, fields),
    metric: (name, value, fields) => line("metric", name, { value, ...fields }),
    child: (fields) => createLogger({ service, version, clock, write }, { ...bound, ...fields }),
  };
};

/** A child that stamps the trace on every line, so that one request can be followed through all Workers. */
export const tracedLogger = (log: Logger, { requestId, traceId, spanId }: Trace): Logger =>
  log.child({ requestId, traceId, spanId });
