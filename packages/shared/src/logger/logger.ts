import type { Trace } from "../trace.ts";
import { isHarmless, isSecret, MAX_ITEMS, redact, redactText } from "./redact.ts";

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

/** A value as JSON when that is the value itself, else `null`. */
const plainValue = (value: unknown): string | null => {
  if (typeof value === "string") return isHarmless(value) ? `"${value}"` : null;
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : null;
  return value === null || typeof value === "boolean" ? String(value) : null;
};

/** `,"name":` of each name that may stand before its value as it is, `null` for any other. */
const labels = new Map<string, string | null>();
/** Names come from our sources; only a client's own object could bring many. */
const MAX_LABELS = 1_000;

const labelOf = (name: string): string | null => {
  const known = labels.get(name);
  if (known !== undefined) return known;
  const plain = isHarmless(name) && !isSecret(name) && !STAMP.has(name);
  const label = plain ? `,"${name}":` : null;
  if (labels.size < MAX_LABELS) labels.set(name, label);
  return label;
};

/**
 * Fields that are all numbers, harmless words or nothing, as those of nearly every line; else `null`.
 * A line comes once per request, after so much else that no code of its own is in any processor's
 * cache: what it costs is how much code it runs through, and redaction and JSON are a lot.
 */
const plainMembers = (fields: Fields): string | null => {
  let text = "";
  try {
    const names = Object.keys(fields);
    if (names.length > MAX_ITEMS) return null;
    for (const name of names) {
      const label = labelOf(name);
      const value = label === null ? null : plainValue(fields[name]);
      if (value === null) return null;
      text += label + value;
    }
  } catch {
    return null;
  }
  return text;
};

/** Without secrets, and without what only looks like the stamp. */
const members = (fields: Fields): Members => {
  const plain = plainMembers(fields);
  if (plain !== null) return { fields, text: plain };
  const safe = redact(fields);
  for (const name of Object.keys(safe)) if (STAMP.has(name)) delete safe[name];
  return serialised(safe);
};

let second = -1;
/** The time to the second, with its point: thousands of lines share it. */
let secondText = "";

const timeText = (ms: number): string => {
  const whole = Math.floor(ms / 1_000);
  if (whole !== second) {
    second = whole;
    secondText = new Date(whole * 1_000).toISOString().slice(0, -"000Z".length);
  }
  return `${secondText}${String(1_000 + (ms - whole * 1_000)).slice(1)}Z`;
};

const overlap = (fields: Fields, others: Fields): boolean => {
  for (const name of Object.keys(fields)) if (Object.hasOwn(others, name)) return true;
  return false;
};

const quoted = (text: string): string =>
  isHarmless(text) ? `"${text}"` : JSON.stringify(redactText(text));

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
    const others = overlap(own.fields, before)
      ? serialised({ ...before, ...own.fields }).text
      : text + own.text;
    const stamp = `"level":"${level}","message":${quoted(message)},"time":"${timeText(clock())}","service":"${service}","version":${quoted(version)}`;
    write(`{${stamp}${others}}`);
  }
}

/** One JSON object per line: `level`, `message`, `time`, `service`, `version`, then the fields. */
export const createLogger = (options: LoggerOptions, bound: Fields = {}): Logger =>
  new JsonLogger(options, bound);

/** A child that stamps the trace on every line, so that one request can be followed through all Workers. */
export const tracedLogger = (log: Logger, { requestId, traceId, spanId }: Trace): Logger =>
  log.child({ requestId, traceId, spanId });
