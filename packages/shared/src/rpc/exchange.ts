import type { Caller } from "./caller.ts";

/**
 * A request and its answer as plain values, because both then cross a binding in one message. A
 * `Request` and a `Response` each open a stream of their own, which doubles the price of a hop.
 */
export interface Asked {
  method: string;
  url: string;
  headers: Record<string, string>;
  /** Raw, because what was signed or hashed must arrive as it was sent. */
  body: Uint8Array<ArrayBuffer> | null;
}

export interface Answered {
  status: number;
  headers: Record<string, string>;
  /** Services answer in text; what is empty stays `null`. */
  body: string | null;
}

/** Bodies of requests that came across a binding. */
const bodies = new WeakMap<Request, Uint8Array<ArrayBuffer>>();

/** Its body stays beside it: through a stream it would be copied, and waited for, once more. */
export const requestOf = ({ method, url, headers, body }: Asked): Request => {
  const request = new Request(url, { method, headers });
  if (body !== null) bodies.set(request, body);
  return request;
};

/** The body that came with a request, if it is one of `requestOf`. */
export const bodyBeside = (request: Request): Uint8Array<ArrayBuffer> | undefined =>
  bodies.get(request);

export const responseOf = ({ status, headers, body }: Answered): Response =>
  new Response(body, { status, headers });

/** Asks as the gateway does, for whoever has a `Request` and wants a `Response`. */
export const exchange = async (
  door: { handle(asked: Asked, caller: Caller): Promise<Answered> },
  request: Request,
  caller: Caller,
): Promise<Response> => {
  const { method, url, headers } = request;
  const body = request.body === null ? null : new Uint8Array(await request.arrayBuffer());
  const asked = { method, url, headers: Object.fromEntries(headers), body };
  return responseOf(await door.handle(asked, caller));
};
