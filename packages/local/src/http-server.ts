import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import type { AddressInfo, Server } from "node:net";

/** Everything here stands in for the outside world on one laptop, so it answers only that laptop. */
const LOOPBACK = "127.0.0.1";

export interface Call {
  method: string;
  url: URL;
  /** Named parts of the route's path, percent-decoded. */
  params: Readonly<Record<string, string>>;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

export interface Reply {
  status: number;
  headers?: Readonly<Record<string, string>>;
  body?: string;
  /** Hang up instead of answering: what a crash on the other side looks like. */
  hangUp?: boolean;
}

/** `[method, path, handler]`; a path part `:name` becomes `call.params.name`. */
export type Route = readonly [string, string, (call: Call) => Reply | Promise<Reply>];

/** How a refusal looks on this server's wire: each provider has its own error shape. */
type RenderFailure = (status: number, detail: string) => Reply;

export interface ServerOptions {
  /** 0 takes a free one. */
  port: number;
  /** Named in the error when the port is taken. */
  name: string;
  routes: readonly Route[];
  renderFailure: RenderFailure;
  maxBodyBytes: number;
}

export interface RunningServer {
  port: number;
  close(): Promise<void>;
}

/** Rejects with one line a person can act on. */
export const listen = (server: Server, port: number, name: string): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const taken = error.code === "EADDRINUSE";
      const why = taken ? "is already in use" : `cannot be opened (${error.code})`;
      reject(new Error(`Port ${port} for the ${name} ${why}.`, { cause: error }));
    });
    server.listen(port, LOOPBACK, () => resolve((server.address() as AddressInfo).port));
  });

const matchPath = (pattern: string, path: string): Record<string, string> | null => {
  const wanted = pattern.split("/");
  const given = path.split("/");
  if (wanted.length !== given.length) return null;
  const params: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const value = given[index] ?? "";
    if (!part.startsWith(":")) {
      if (part !== value) return null;
      continue;
    }
    if (value === "") return null;
    try {
      params[part.slice(1)] = decodeURIComponent(value);
    } catch {
      return null;
    }
  }
  return params;
};

/** `null` when the body is larger than allowed. */
const readBody = async (request: IncomingMessage, maxBytes: number): Promise<Buffer | null> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= maxBytes) chunks.push(chunk);
  }
  return size > maxBytes ? null : Buffer.concat(chunks, size);
};

const LOCAL_HOST = /^(?:127\.0\.0\.1|\[::1\]|(?:[a-z0-9-]+\.)*localhost)(?::\d+)?$/i;

/**
 * Why a page from elsewhere may not use this server through the developer's browser: a foreign name
 * that resolves to 127.0.0.1 could read the mails, a foreign form could pay a checkout.
 */
const foreign = ({ method, headers }: IncomingMessage): boolean =>
  !LOCAL_HOST.test(headers.host ?? "") ||
  (method !== "GET" && method !== "HEAD" && headers["sec-fetch-site"] === "cross-site");

const answer = async (request: IncomingMessage, options: ServerOptions): Promise<Reply> => {
  const { routes, renderFailure, maxBodyBytes } = options;
  if (foreign(request)) return renderFailure(403, "This server answers only its own machine.");
  const target = request.url ?? "/";
  if (!URL.canParse(target, `http://${LOOPBACK}`)) return renderFailure(404, "No such path.");
  const url = new URL(target, `http://${LOOPBACK}`);
  const method = request.method === "HEAD" ? "GET" : (request.method ?? "GET");
  const here = routes.flatMap((route) => {
    const params = matchPath(route[1], url.pathname);
    return params === null ? [] : [{ route, params }];
  });
  const found = here.find(({ route }) => route[0] === method);
  const body = await readBody(request, maxBodyBytes);
  if (here.length === 0) return renderFailure(404, "No such path.");
  if (found === undefined) {
    const allow = here.map(({ route }) => route[0]).join(", ");
    const reply = renderFailure(405, `This path answers ${allow}.`);
    return { ...reply, headers: { ...reply.headers, Allow: allow } };
  }
  if (body === null) return renderFailure(413, `A body may have ${maxBodyBytes} bytes.`);
  return found.route[2]({ method, url, params: found.params, headers: request.headers, body });
};

const send = (request: IncomingMessage, response: ServerResponse, reply: Reply): void => {
  if (reply.hangUp === true) {
    request.socket.destroy();
    return;
  }
  const body = reply.body ?? "";
  response.writeHead(reply.status, {
    "Cache-Control": "no-cache",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    ...reply.headers,
    ...(reply.status === 204 || reply.status === 304
      ? {}
      : { "Content-Length": Buffer.byteLength(body) }),
  });
  response.end(request.method === "HEAD" ? "" : body);
};

/** Serves a table of routes on 127.0.0.1. */
export const serve = async (options: ServerOptions): Promise<RunningServer> => {
  const server = createServer((request, response) => {
    answer(request, options)
      .catch(() => options.renderFailure(500, "This server has a bug or its disk is full."))
      .then((reply) => send(request, response, reply))
      // Only a client that has gone away gets here; there is nobody left to tell.
      .catch(() => request.socket.destroy());
  });
  const port = await listen(server, options.port, options.name);
  return {
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
