import type { Answered } from "../rpc/exchange.ts";

/** A successful answer before it is written out; the route table says which are possible. */
export interface Reply {
  status: number;
  body: unknown;
  headers: Readonly<Record<string, string>>;
}

export const reply = (
  status: number,
  body: unknown = null,
  headers: Record<string, string> = {},
): Reply => ({ status, body, headers });

/** 204 carries no body; everything else is UTF-8 JSON. */
export const replyAnswer = ({ status, body, headers }: Reply): Answered =>
  status === 204
    ? { status, headers, body: null }
    : {
        status,
        headers: { "content-type": "application/json; charset=utf-8", ...headers },
        body: JSON.stringify(body),
      };
