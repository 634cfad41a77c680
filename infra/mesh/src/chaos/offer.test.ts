import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

import { afterEach, expect, it } from "vitest";

import { offer } from "./offer.ts";
import type { ProviderEvent } from "./provider-event.ts";

const events = (count: number): ProviderEvent[] =>
  Array.from({ length: count }, (_, index) => {
    const id = String(index);
    return { name: "order_created", webhookId: id, about: `orders/${id}`, body: `{"n":${id}}` };
  });

let close: () => void = () => undefined;
afterEach(() => close());

/** A receiver that deals with each body as `answer` says; resolves with its address. */
const receiver = async (
  answer: (body: string, response: ServerResponse) => void,
): Promise<string> => {
  const server = createServer((request: IncomingMessage, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => answer(body, response));
  });
  close = () => {
    server.closeAllConnections();
    server.close();
  };
  await new Promise<void>((done) => {
    server.listen(0, "127.0.0.1", done);
  });
  const address = server.address();
  return `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
};

const provider = (url: string) => ({
  url,
  secret: () => "secret",
  perSecond: 10_000,
  secondMs: 1,
});

it("what is refused comes again, and is acknowledged once", async () => {
  const tries = new Map<string, number>();
  const url = await receiver((body, response) => {
    tries.set(body, (tries.get(body) ?? 0) + 1);
    response.writeHead(tries.get(body) === 3 ? 200 : 503).end();
  });
  const { acked, givenUp, unsent } = await offer(events(120), provider(url));
  expect([acked.length, givenUp.length, unsent.length]).toEqual([120, 0, 0]);
  expect(new Set(tries.values())).toEqual(new Set([3]));
});

it("the provider forgets an event after its fourth attempt", async () => {
  let attempts = 0;
  const url = await receiver((_body, response) => {
    attempts += 1;
    response.socket?.destroy();
  });
  const { acked, givenUp } = await offer(events(3), provider(url));
  expect([acked.length, givenUp.length, attempts]).toEqual([0, 3, 12]);
});

it("refusals are told from absence", async () => {
  const statuses = [401, 500, 503, 400];
  const url = await receiver((_body, response) => {
    response.writeHead(statuses.shift() ?? 200).end();
  });
  const { givenUp, refusals } = await offer(events(1), provider(url));
  expect([givenUp.length, refusals]).toEqual([1, 2]);
});

it("a receiver that is slower than the rate never has more than sixteen to answer", async () => {
  const waiting: ServerResponse[] = [];
  let most = 0;
  const url = await receiver((_body, response) => {
    waiting.push(response);
    most = Math.max(most, waiting.length);
    // Nobody is answered before the connections are used up, or everybody has come.
    setTimeout(() => waiting.shift()?.writeHead(200).end(), 50);
  });
  const { acked } = await offer(events(200), provider(url));
  expect(acked).toHaveLength(200);
  expect(most).toBeGreaterThan(1);
  expect(most).toBeLessThanOrEqual(16);
});

it("a 200 counts from its first bytes, even if the rest never comes", async () => {
  const heads: string[] = [];
  const url = await receiver((_body, response) => {
    response.writeHead(200, { "content-length": "10" }).write("{");
    setTimeout(() => response.socket?.destroy(), 20);
  });
  const { acked } = await offer(events(2), {
    ...provider(url),
    onAck: ({ webhookId }) => heads.push(webhookId),
  });
  expect(acked).toHaveLength(2);
  expect(heads.toSorted()).toEqual(["0", "1"]);
});

it("what the limit leaves no time for is told apart", async () => {
  const url = await receiver((_body, response) => void response.writeHead(200).end());
  const { acked, unsent } = await offer(events(50), { ...provider(url), limitMs: 0 });
  expect([acked.length, unsent.length]).toEqual([0, 50]);
});
