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

/** One per request and binding, so it is made of two fields and no closures. */
class JsonLogger implements Logger {
  private readonly options: LoggerOptions;
  private readonly bound: Fields;
  /** Serialised once, because most lines of a request have the same ones. */
  private known: Members | undefined;

  constructor(options: LoggerOptions, bound: Fields) {
    this.options = options;
    this.bound = bound;
  }

  info(message: string, fields: Fields = {}): void {
    this.line("info", message, fields);
  }
  warn(message: string, fields: Fields = {}): void {
    this.line("warn", message, fields);
  }
  error(message: string, fields: Fields = {}): void {
    this.line("error", message, fields);
  }
  audit(action: string, fields: Fields = {}): void {
    this.line("audit", action, fields);
  }
  metric(name: string, value: number, fields: Fields = {}): void {
    this.line("metric", name, { value, ...fields });
  }
  child(fields: Fields): Logger {
    return new JsonLogger(this.options, { ...this.bound, ...fields });
  }

  private line(level: Level, message: string, fields: Fields): void {
    const { service, version, clock = Date.now, write = console.log } = this.options;
    this.known ??= members(this.bound);
    const { fields: before, text } = this.known;
    const own = members(fields);
    const clash = Object.keys(own.fields).some((name) => Object.hasOwn(before, name));
    const others = clash ? serialised({ ...before, ...own.fields }).text : text + own.text;
    const time = new Date(clock()).toISOString();
    const stamp = `"level":"${level}","message":${JSON.stringify(redactText(message))},"time":"${time}","service":"${service}","version":${JSON.stringify(version)}`;
    write(`{${stamp}${others}}`);
  }
}

/** One JSON object per line: `level`, `message`, `time`, `service`, `version`, then the fields. */
export const createLogger = (options: LoggerOptions, bound: Fields = {}): Logger =>
  new JsonLogger(options, bound);

/** A child that stamps the trace on every line, so that one request can be followed through all Workers. */
export const tracedLogger = (log: Logger, { requestId, traceId, spanId }: Trace): Logger =>
  log.child({ requestId, traceId, spanId });
