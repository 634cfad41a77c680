import { tally } from "./tally.ts";

type Method = (this: unknown, ...args: never[]) => unknown;

const patched = new WeakSet();

/** Wraps methods on the prototype, because only the runtime's own object is accepted as a receiver. */
const observe = (
  object: object,
  after: Readonly<Record<string, (result: unknown, args: unknown[]) => void>>,
): void => {
  const prototype = Object.getPrototypeOf(object) as Record<string, Method>;
  if (patched.has(prototype)) return;
  patched.add(prototype);
  for (const [name, observed] of Object.entries(after)) {
    const original = prototype[name];
    if (original === undefined) continue;
    prototype[name] = function (this: unknown, ...args: never[]) {
      const result = Reflect.apply(original, this, args);
      observed(result, args);
      return result;
    };
  }
};

const cursors: SqlStorageCursor<Record<string, SqlStorageValue>>[] = [];

/** A cursor knows its rows only once it was read, so they are added up when somebody asks. */
export const collectCursors = (): void => {
  for (const { rowsRead, rowsWritten } of cursors.splice(0)) {
    tally.doRowsRead += rowsRead;
    tally.doRowsWritten += rowsWritten;
  }
};

const wrote = (): void => {
  tally.doRowsWritten += 1;
};
const read = (): void => {
  tally.doRowsRead += 1;
};

/** Counts the rows of an object's storage: a key, an alarm and a row of SQL are billed alike. */
export const countStorage = (storage: DurableObjectStorage): void => {
  observe(storage, { put: wrote, delete: wrote, get: read, setAlarm: wrote, deleteAlarm: wrote });
  observe(storage.kv, { put: wrote, delete: wrote, get: read });
  observe(storage.sql, {
    exec: (cursor) => cursors.push(cursor as SqlStorageCursor<Record<string, SqlStorageValue>>),
  });
};

let depth = 0;

/** Runs `work` as code of an object, so that the timers it sets are known to be the object's. */
export const insideObject = <T>(work: () => T): T => {
  depth += 1;
  try {
    return work();
  } finally {
    depth -= 1;
  }
};

/** A pending timer keeps its object awake and billed; one that a request sets outside does not. */
export const countTimers = (): void => {
  const { setTimeout: set, clearTimeout: clear } = globalThis;
  const ends = new Map<unknown, number>();
  globalThis.setTimeout = ((work: () => void, ms = 0) => {
    if (depth === 0) return set(work, ms);
    tally.doTimerMs += ms;
    const timer = set(() => {
      ends.delete(timer);
      insideObject(work);
    }, ms);
    ends.set(timer, performance.now() + ms);
    return timer;
  }) as typeof setTimeout;
  globalThis.clearTimeout = (timer) => {
    const end = ends.get(timer);
    if (end !== undefined) tally.doTimerMs -= Math.max(0, end - performance.now());
    ends.delete(timer);
    clear(timer);
  };
};
