/** A successful answer before it becomes a `Response`; the route table says which are possible. */
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
export const replyResponse = (answer: Reply): Response =>
  answer.status === 204
    ? new Response(null, { status: 204, headers: answer.headers })
    : new Response(JSON.stringify(answer.body), {
        status: answer.status,
        headers: { "content-type": "application/json; charset=utf-8", ...answer.headers },
      });
