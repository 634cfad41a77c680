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

/** No field passes for one of these. */
const STAMP = new Set(["level", "message", "time", "service", "version"]);

/** The fields as they may be written, and `,"name":value` of each. */
interface Members {
  fields: Fields;
  text: string;
}

const serialised = (fields: Fields): Members => {
  const text = JSON.stringify(fields).slice(1, -1);
  return { fields, text: text === "" ? "" : `,${text}` };
};

/** Without secrets, and without what only looks like the stamp. */
const members = (fields: Fields): Members => {
  const safe = redact(fields);
  for (const name of Object.keys(safe)) if (STAMP.has(name)) delete safe[name];
  return serialised(safe);
};

/**
 * One JSON object per line: `level`, `message`, `time`, `service`, `version`, then the fields. Bound
 * fields are serialised once, because most lines of a request have the same ones.
 */
export const createLogger = (
  { service, version, clock = Date.now, write = console.log }: LoggerOptions,
  bound: Fields = {},
): Logger => {
  let known: Members | undefined;
  const line = (level: Level, message: string, fields: Fields = {}): void => {
    known ??= members(bound);
    const { fields: before, text } = known;
    const own = members(fields);
    const clash = Object.keys(own.fields).some((name) => Object.hasOwn(before, name));
    const others = clash ? serialised({ ...before, ...own.fields }).text : text + own.text;
    const time = new Date(clock()).toISOString();
    const stamp = `"level":"${level}","message":${JSON.stringify(redactText(message))},"time":"${time}","service":"${service}","version":${JSON.stringify(version)}`;
    write(`{${stamp}${others}}`);
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
