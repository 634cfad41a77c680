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
