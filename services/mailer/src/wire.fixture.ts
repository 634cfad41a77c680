import { createServer, connect as connectTcp, type AddressInfo, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";

import type { Connect } from "./smtp-session.ts";
import type { SmtpSocket } from "./smtp-wire.ts";

/** A socket of Node in the shape of `cloudflare:sockets`. */
const webSocketOf = (socket: Socket): SmtpSocket => {
  let onData: (chunk: Uint8Array) => void = () => {};
  socket.on("error", () => {});
  const readable = new ReadableStream<Uint8Array>({
    start(controller) {
      onData = (chunk) => controller.enqueue(new Uint8Array(chunk));
      socket.on("data", onData);
      socket.once("close", () => {
        try {
          controller.close();
        } catch {
          // Closed before.
        }
      });
    },
  });
  const writable = new WritableStream<Uint8Array>({
    write: (chunk) =>
      new Promise((resolve, reject) => {
        socket.write(chunk, (error) => (error ? reject(error) : resolve()));
      }),
  });
  return {
    readable,
    writable,
    startTls: () => {
      socket.off("data", onData);
      return webSocketOf(connectTls({ socket, rejectUnauthorized: false }));
    },
    close: async () => {
      socket.destroy();
    },
  };
};

export const nodeConnect: Connect = ({ host, port, tls }) =>
  webSocketOf(
    tls === "implicit"
      ? connectTls({ host, port, rejectUnauthorized: false })
      : connectTcp({ host, port }),
  );

export interface Script {
  port: number;
  /** Every line the client sent, connection after connection. */
  lines: string[];
  connections: () => number;
  close: () => Promise<void>;
}

/** What to answer to a line: text to send, or `null` to hang up; nothing keeps silent. */
export type Answer = (line: string, connection: number) => string | null | undefined;

/** A server that answers as told. The first line of each connection is `"connect"`. */
export const scriptedServer = async (answer: Answer): Promise<Script> => {
  const lines: string[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    const connection = connections;
    sockets.add(socket);
    socket.on("error", () => {});
    const hear = (line: string): void => {
      const text = answer(line, connection);
      if (text === null) socket.destroy();
      else if (text !== undefined) socket.write(text);
    };
    let rest = "";
    socket.on("data", (chunk: Uint8Array) => {
      const parts = (rest + new TextDecoder().decode(chunk)).split("\r\n");
      rest = parts.pop() ?? "";
      for (const line of parts) {
        lines.push(line);
        hear(line);
      }
    });
    hear("connect");
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    lines,
    connections: () => connections,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
};
