import { createServer } from "node:http";

export interface CountedDoor {
  port: number;
  /** When each request came, in milliseconds since 1970. */
  calls: number[];
  close: () => Promise<void>;
}

/** Counts every request before it passes it on to `port`: what a provider would hold against us. */
export const startCountedDoor = async (port: number): Promise<CountedDoor> => {
  const calls: number[] = [];
  const server = createServer((request, response) => {
    calls.push(Date.now());
    const pass = async (): Promise<void> => {
      const chunks: Buffer[] = [];
      for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
      const answer = await fetch(`http://127.0.0.1:${port}${request.url ?? "/"}`, {
        method: request.method ?? "GET",
        headers: {
          authorization: request.headers.authorization ?? "",
          "content-type": request.headers["content-type"] ?? "",
        },
        body: Buffer.concat(chunks),
      });
      const id = answer.headers.get("x-message-id");
      response.writeHead(answer.status, id === null ? {} : { "x-message-id": id });
      response.end(await answer.text());
    };
    pass().catch(() => request.socket.destroy());
  });
  await new Promise<void>((done) => {
    server.listen(0, "127.0.0.1", done);
  });
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    calls,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
};
