import { countedD1 } from "./count-d1.ts";
import { standIn } from "./limiter-mode.ts";
import { tally } from "./tally.ts";

type Callable = (...args: unknown[]) => unknown;

/** The same object with `called(name)` before each method; the runtime's own object stays the receiver. */
const watched = (
  target: object,
  called: (name: string) => void,
  replace: (name: string) => Callable | null = () => null,
): object =>
  new Proxy(target, {
    get(object, key) {
      const value: unknown = Reflect.get(object, key, object);
      if (typeof key !== "string" || typeof value !== "function") return value;
      return (...args: unknown[]) => {
        called(key);
        const instead = replace(key);
        return instead === null ? Reflect.apply(value as Callable, object, args) : instead();
      };
    },
  });

const countDoRequest = (): void => {
  tally.doRequests += 1;
};

const watchedNamespace = (namespace: object): object =>
  new Proxy(namespace, {
    get(object, key) {
      const value: unknown = Reflect.get(object, key, object);
      if (typeof value !== "function") return value;
      return (...args: unknown[]) => {
        const result: unknown = Reflect.apply(value as Callable, object, args);
        return key === "get" || key === "getByName"
          ? watched(result as object, countDoRequest, standIn)
          : result;
      };
    },
  });

const countKv = (name: string): void => {
  if (name.startsWith("get")) tally.kvReads += 1;
  else tally.kvWrites += 1;
};

const has = (value: object, ...names: string[]): boolean =>
  names.every((name) => typeof (value as Record<string, unknown>)[name] === "function");

/** A peer answers to any name, so it is asked last and by where it came from. */
const watchedBinding = (value: unknown): unknown => {
  if (typeof value !== "object" || value === null) return value;
  switch (value.constructor.name) {
    case "D1Database":
      return countedD1(value as D1Database);
    case "KvNamespace":
      return watched(value, countKv);
    case "DurableObjectNamespace":
      return watchedNamespace(value);
    case "WorkerQueue":
      // A message is written, read and deleted: three operations.
      return watched(value, () => {
        tally.queueOperations += 3;
      });
    case "Fetcher":
      return has(value, "fetch")
        ? watched(value, () => {
            tally.serviceCalls += 1;
          })
        : value;
    default:
      return value;
  }
};

/** The bindings of a Worker, each answering as before and counted. */
export const countedEnv = (env: object): object =>
  Object.fromEntries(Object.entries(env).map(([name, value]) => [name, watchedBinding(value)]));
