import { Router, type IRequest } from "itty-router";

import type { Arrival } from "./arrival.ts";

interface Entry {
  method: string;
  path: string;
}

type Asked = Pick<Arrival, "method" | "url" | "path">;

/** The entry a request is for, or the methods its path does know (none: the path is unknown). */
export type Match<E> =
  | { entry: E; params: Record<string, string> }
  | { entry: null; allow: string[] };

const before = (text: string, mark: string): string => {
  const at = text.indexOf(mark);
  return at === -1 ? text : text.slice(0, at);
};

/** The path of an absolute URL as a request carries it: normalised already, so no parsing is needed. */
export const pathOf = (url: string): string =>
  before(before(url.slice(url.indexOf("/", url.indexOf("//") + 2)), "#"), "?");

interface Found<E> {
  match: { entry: E; params: Record<string, string> } | null;
  allow: Set<string>;
}

const hasParameters = ({ path }: Entry): boolean => /[:*(]/.test(path);

/** Whether an entry with parameters also fits the path of a plain one. */
const covers = (entry: Entry, { method, path }: Entry): boolean =>
  entry.method === method &&
  hasParameters(entry) &&
  new RegExp(`^${entry.path.replaceAll(/:[^/]+|\*/g, "[^/]+")}$`).test(path);

/** Paths without parameters are found by name: most requests are for one of them. */
const plainEntries = <E extends Entry>(table: readonly E[]): Map<string, E> => {
  const plain = new Map<string, E>();
  table.forEach((entry, index) => {
    const name = `${entry.method} ${entry.path}`;
    const earlier = table.slice(0, index).some((other) => covers(other, entry));
    if (!hasParameters(entry) && !earlier && !plain.has(name)) plain.set(name, entry);
  });
  return plain;
};

/** Finds the first entry of a table whose path and method fit. Params arrive percent-encoded. */
export const createMatcher = <E extends Entry>(table: readonly E[]) => {
  const plain = plainEntries(table);
  const router = Router<IRequest, [Found<E>]>();
  for (const entry of table)
    // Returning nothing lets the router try the next entry, so one pass also collects the methods.
    router.all(entry.path, ({ method, params }, found) => {
      found.allow.add(entry.method);
      if (method === entry.method) found.match ??= { entry, params };
    });

  const search = async ({ method, url }: Asked): Promise<Match<E>> => {
    const found: Found<E> = { match: null, allow: new Set() };
    // An object of its own: the router writes its findings onto what it is given.
    await router.fetch({ method, url }, found);
    return found.match ?? { entry: null, allow: [...found.allow].sort() };
  };

  /** At once where the path has no parameters: nearly every request is for such a one. */
  return (asked: Asked): Match<E> | Promise<Match<E>> => {
    const known = plain.get(`${asked.method} ${asked.path}`);
    return known === undefined ? search(asked) : { entry: known, params: {} };
  };
};
