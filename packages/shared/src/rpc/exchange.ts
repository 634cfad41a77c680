import type { Caller } from "./caller.ts";
import type { Text } from "./text.ts";

/**
 * A request and its answer as plain values, because both then cross a binding in one message. A
 * `Request` and a `Response` each open a stream of their own, which doubles the price of a hop.
 */
export interface Asked {
  method: string;
  url: string;
  headers: Record<string, string>;
  caller: Caller;
}

/** Of a request. Raw, because what was signed or hashed must arrive as it was sent. */
export type Body = Uint8Array<ArrayBuffer> | null;

export interface Answered {
  status: number;
  headers: Record<string, string>;
  /** Services answer in text; what is empty stays `null`. */
  body: string | null;
}

/**
 * A request, but for its body, as it crosses a binding: JSON. An object would cost every one of its
 * members, and arrive as something to be disposed of (decisions 15, 21).
 */
export type AskedText = Text<Asked>;

/**
 * An answer as it crosses a binding: a line for its status, one for its headers as JSON, and what
 * follows is its body, if it has one.
 */
export type AnsweredText = Text<Answered>;

export const askedText = (asked: Asked): AskedText => JSON.stringify(asked);

/** Trusts what the other side of a binding of ours wrote. */
export const askedOf = (text: AskedText): Asked => JSON.parse(text) as Asked;

const LINE = "\n";
/** Stands before a body, so that an empty one is told from none. */
const BODY = "=";

export const answeredText = ({ status, headers, body }: Answered): AnsweredText =>
  `${status}\n${JSON.stringify(headers)}\n${body === null ? "" : BODY + body}`;

/** Trusts what the other side of a binding of ours wrote: text that is no answer throws. */
export const answeredOf = (text: AnsweredText): Answered => {
  const first = text.indexOf(LINE);
  const second = text.indexOf(LINE, first + 1);
  return {
    status: Number(text.slice(0, first)),
    headers: JSON.parse(text.slice(first + 1, second)) as Record<string, string>,
    body: second === text.length - 1 ? null : text.slice(second + 1 + BODY.length),
  };
};

export const responseOf = ({ status, headers, body }: Answered): Response =>
  new Response(body, { status, headers });

/** Asks as the gateway does, for whoever has a `Request` and wants a `Response`. */
export const exchange = async (
  door: { handle(asked: AskedText, body: Body): Promise<AnsweredText> },
  request: Request,
  caller: Caller,
): Promise<Response> => {
  const { method, url, headers } = request;
  const body = request.body === null ? null : new Uint8Array(await request.arrayBuffer());
  const asked = askedText({ method, url, headers: Object.fromEntries(headers), caller });
  return responseOf(answeredOf(await door.handle(asked, body)));
};
