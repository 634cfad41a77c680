import type { Asked, Body } from "../rpc/exchange.ts";
import { pathOf } from "./match.ts";

/**
 * A request as everybody behind a door looks at it, each part read once: every look at a `Request`
 * leaves JavaScript, and costs more than most of what is done with it (decision 18).
 */
export interface Arrival {
  method: string;
  /** Absolute, as it was asked. */
  url: string;
  /** Of the URL, without query and fragment. */
  path: string;
  headers: Pick<Headers, "get">;
  /** For its body, and for what only the platform knows of its sender; `null` across a binding. */
  request: Request | null;
  /** The body of what came across a binding; `null` for none, or for what has to be read yet. */
  bytes: Body;
}

/** At a door of ours. */
export const arrivalOf = (request: Request): Arrival => {
  const { method, url, headers } = request;
  return { method, url, path: pathOf(url), headers, request, bytes: null };
};

/** Across a binding, where the names of headers are in lower case. */
export const arrivedAs = (
  { method, url, headers }: Omit<Asked, "caller">,
  body: Body,
): Arrival => ({
  method,
  url,
  path: pathOf(url),
  headers: { get: (name) => headers[name] ?? null },
  request: null,
  bytes: body,
});
