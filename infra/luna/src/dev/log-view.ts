/** What one line of wrangler's output becomes: printed text, or null for its own chatter. */
export type LogView = (line: string) => string | null;

/** Wrangler marks the lines of each Worker: `[users] {"level":"info",…}`. */
const MARKED = /^\[([a-z][a-z0-9:-]*)\] ?(.*)$/;
const RELOADED = /^⎔ (?:Local server updated and ready|Reloading local server)/;
const ALARMING = /ERROR|✘|^\s*X \[|Build failed|Uncaught|Error:/;
/** The start of what wrangler repeats on each reload, or workerd tells its makers; it ends with an ordinary line. */
const CHATTER =
  /^(?:NOSENTRY |Binding\s|env\.|.* has access to the following bindings:|Using secrets|Service bindings, Durable|⎔|\s*$)/;
const COLOUR = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, "g");
const WIDTH = 15;

interface Entry {
  level?: string;
  message?: string;
  time?: string;
  requestId?: string;
  [key: string]: unknown;
}

const parse = (text: string): Entry | null => {
  if (!text.startsWith("{")) return null;
  try {
    return JSON.parse(text) as Entry;
  } catch {
    return null;
  }
};

/** Our own watchdog asks every few seconds; a healthy answer is no news. */
const isProbe = ({ level, path, status }: Entry): boolean =>
  level === "info" && path === "/health" && (status === 200 || status === undefined);

/** What only a program wants to read; `LUNA_LOG=json` shows it. */
const HIDDEN = new Set(["version", "traceId", "spanId", "level", "message", "time", "service"]);

const field = ([name, value]: [string, unknown]): string =>
  `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`;

const readable = (service: string, entry: Entry): string => {
  const { level = "info", message = "", time = "" } = entry;
  const fields = Object.entries(entry)
    .filter(([name, value]) => !HIDDEN.has(name) && value !== null)
    .map(field);
  return [
    time.slice(11, 19),
    level.toUpperCase().padEnd(6),
    service.padEnd(WIDTH),
    message,
    ...fields,
  ]
    .filter((part) => part !== "")
    .join(" ");
};

/** `raw` prints the Workers' JSON lines as they are, for a program to read. */
export const logView = (raw: boolean): LogView => {
  let continuing = false;
  return (coloured) => {
    const line = coloured.replaceAll(COLOUR, "");
    const [, mark, text = ""] = MARKED.exec(line) ?? [];
    if (mark === undefined) {
      if (RELOADED.test(line)) return line.includes("updated") ? "  reloaded" : null;
      if (CHATTER.test(line)) continuing = false;
      else if (ALARMING.test(line)) continuing = true;
      return continuing ? `  ${line}` : null;
    }
    continuing = mark === "wrangler:error" || !mark.startsWith("wrangler");
    if (mark === "wrangler:error") return `  ${text}`;
    if (mark.startsWith("wrangler")) return null;
    const entry = parse(text);
    if (entry === null)
      return raw ? text : `         ${"".padEnd(6)} ${mark.padEnd(WIDTH)} ${text}`;
    continuing = false;
    if (isProbe(entry)) return null;
    return raw ? text : readable(mark, entry);
  };
};
