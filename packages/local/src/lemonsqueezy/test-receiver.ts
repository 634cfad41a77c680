import { createServer } from "node:http";

import { listen } from "../http-server.ts";

interface Received {
  headers: Record<string, string | string[] | undefined>;
  body: string;
  // The parsed body; tests look deep into it.
  event: {
    meta: { event_name: string; webhook_id: string; test_mode: boolean; custom_data?: unknown };
    data: { type: string; id: string; attributes: Record<string, unknown> };
  };
}

/** A webhook endpoint for tests: remembers what it got and answers what `answer` says. */
export const startReceiver = async (answer: () => number = () => 200) => {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8");
    request.on("data", (chunk: string) => {
      body += chunk;
    });
    request.on("end", () => {
      const event = JSON.parse(body) as Received["event"];
      received.push({ headers: request.headers, body, event });
      response.writeHead(answer()).end();
    });
  });
  const port = await listen(server, 0, "webhook receiver");
  return {
    url: `http://127.0.0.1:${port}/webhooks/lemonsqueezy`,
    received,
    names: () => received.map(({ event }) => event.meta.event_name),
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
