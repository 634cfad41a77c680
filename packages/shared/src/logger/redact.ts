const SECRET_NAME =
  /pass(?:word|wd)?|secret|token|authorization|cookie|api[-_]?key|signature|credential|private|pepper|seal|^keys?$|^e?mail$|^to$/i;

/** Secret wherever they stand: JWTs, our keys and tokens, SendGrid keys, credentials, link tokens. */
const SECRET_TEXT =
  /\beyJ[\w-]+\.[\w-]+\.[\w-]+|\bluna_[a-z]+_[\w.-]+|\bSG\.[\w-]+\.[\w-]+|\b(?:bearer|basic)\s+[\w.~+/=-]+|([?&#](?:token|key|signature)=)[^&\s"]+/gi;

/** Deeper or longer than this is data, not context; a log line is capped at 256 KB per invocation. */
const MAX_DEPTH = 6;
export const MAX_ITEMS = 50;
const MAX_TEXT = 2_000;

const REDACTED = "[redacted]";
const UNREADABLE = "[unreadable]";

/**
 * No secret fits into so few kinds of characters but one of ours, which says so: ids, paths, words and
 * numbers, most of every line.
 */
const HARMLESS = /^[\w/:-]$/;
const MAX_HARMLESS = 64;
const harmless: readonly boolean[] = Array.from({ length: 128 }, (_, code) =>
  HARMLESS.test(String.fromCharCode(code)),
);
const UNDERSCORE = "_".charCodeAt(0);
const OURS = "luna";

/**
 * Whether a text may be written as it is: it holds no secret, and JSON escapes none of it. By hand,
 * because every line asks this of each of its values: as regular expressions they were 4 % of a read.
 */
export const isHarmless = (text: string): boolean => {
  if (text.length > MAX_HARMLESS) return false;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (harmless[code] !== true) return false;
    if (code === UNDERSCORE && text.slice(0, index).toLowerCase().endsWith(OURS)) return false;
  }
  return true;
};

export const redactText = (text: string): string => {
  if (isHarmless(text)) return text;
  // Twice the length, so that a secret across the cut is still seen whole.
  const redacted = text
    .slice(0, 2 * MAX_TEXT)
    .replace(SECRET_TEXT, (_match, prefix: string | undefined) => `${prefix ?? ""}${REDACTED}`);
  return redacted.length > MAX_TEXT ? `${redacted.slice(0, MAX_TEXT)}…` : redacted;
};

/** A getter that throws must not take the log line, its neighbours or the request with it. */
const read = (value: object, name: string): unknown => {
  try {
    return (value as Record<string, unknown>)[name];
  } catch {
    return UNREADABLE;
  }
};

const entriesOf = (value: object): [string, unknown][] =>
  value instanceof Map || value instanceof Headers
    ? Array.from(value, ([name, item]) => [String(name), item])
    : Object.keys(value).map((name) => [name, read(value, name)]);

/** Names repeat with every line, so each is judged once. */
const judged = new Map<string, boolean>();
/** Names come from our sources; only a client's own object could bring many. */
const MAX_JUDGED = 1_000;

/** Whether a field of this name holds a secret, whatever stands in it. */
export const isSecret = (name: string): boolean => {
  const known = judged.get(name);
  if (known !== undefined) return known;
  const secret = SECRET_NAME.test(name);
  if (judged.size < MAX_JUDGED) judged.set(name, secret);
  return secret;
};

const define = (copy: Record<string, unknown>, name: string, value: unknown): void => {
  if (name === "__proto__")
    Object.defineProperty(copy, name, { value, enumerable: true, configurable: true });
  else copy[name] = value;
};

const redactError = (error: Error, depth: number, seen: Set<object>): Record<string, unknown> => ({
  name: error.name,
  message: redactText(error.message),
  stack: redactText(error.stack ?? ""),
  ...(error.cause === undefined ? {} : { cause: redactValue(error.cause, depth + 1, seen) }),
});

const redactValue = (value: unknown, depth: number, seen: Set<object>): unknown => {
  if (typeof value === "string") return redactText(value);
  if (typeof value === "bigint") return String(value);
  // A copied `toJSON` would run when the line is written, and could say anything.
  if (typeof value === "function") return undefined;
  if (typeof value !== "object" || value === null) return value;
  if (seen.has(value)) return "[circular]";
  if (depth >= MAX_DEPTH) return "[deep]";
  seen.add(value);
  try {
    if (value instanceof Error) return redactError(value, depth, seen);
    if (value instanceof URL) return redactText(value.href);
    if (Array.isArray(value))
      return value.slice(0, MAX_ITEMS).map((item) => redactValue(item, depth + 1, seen));
    if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return "[bytes]";
    const copy: Record<string, unknown> = {};
    for (const [name, item] of entriesOf(value).slice(0, MAX_ITEMS))
      // Defined, not assigned: a field called `__proto__` is data like any other.
      define(
        copy,
        redactText(name),
        isSecret(name) ? REDACTED : redactValue(item, depth + 1, seen),
      );
    return copy;
  } catch {
    return UNREADABLE;
  } finally {
    seen.delete(value);
  }
};

/** A copy safe to log: secrets gone by name and by shape, bounded in depth, width and length. */
export const redact = (fields: Record<string, unknown>): Record<string, unknown> =>
  redactValue(fields, 0, new Set()) as Record<string, unknown>;
