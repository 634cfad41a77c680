import { connect, type Socket } from "node:net";

const HEAD_END = Buffer.from("\r\n\r\n");
/** `HTTP/1.1 200`: the status begins at the tenth byte. */
const STATUS_AT = 9;
const LENGTH = /^content-length: *(\d+)/im;
const CHUNKED = /^transfer-encoding: *chunked/im;
const LAST_CHUNK = Buffer.from("0\r\n\r\n");

export interface Answer {
  status: number;
  /** The head as it came, for callers that look for a header. */
  head: string;
  /** The body as it came, chunk sizes included when it was chunked. */
  body: string;
}

/**
 * One keep-alive connection that carries one request at a time. Hand-written because the client
 * shares its processor with what it measures, and a general client costs several times as much.
 */
export interface Connection {
  /** Rejects when the socket closes or fails first. */
  ask(request: Buffer): Promise<Answer>;
  close(): void;
}

interface Waiting {
  resolve: (answer: Answer) => void;
  reject: (error: Error) => void;
}

/** The first whole answer in the bytes, or `null` while it is incomplete. */
export const parseAnswer = (bytes: Buffer): Answer | null => {
  const headEnd = bytes.indexOf(HEAD_END);
  if (headEnd === -1) return null;
  const head = bytes.toString("latin1", 0, headEnd);
  const status = Number(head.slice(STATUS_AT, STATUS_AT + 3));
  const start = headEnd + HEAD_END.length;
  const length = LENGTH.exec(head)?.[1];
  if (length !== undefined) {
    const end = start + Number(length);
    return bytes.length < end ? null : { status, head, body: bytes.toString("utf8", start, end) };
  }
  if (!CHUNKED.test(head)) return { status, head, body: "" };
  const whole = bytes.subarray(bytes.length - LAST_CHUNK.length).equals(LAST_CHUNK);
  return whole ? { status, head, body: bytes.toString("utf8", start) } : null;
};

const opened = (port: number): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1", noDelay: true });
    socket.once("error", reject);
    socket.once("connect", () => {
      socket.off("error", reject);
      resolve(socket);
    });
  });

export const openConnection = async (port: number): Promise<Connection> => {
  const socket = await opened(port);
  let waiting: Waiting | undefined;
  let kept: Buffer | undefined;

  const fail = (error: Error): void => {
    const failed = waiting;
    waiting = undefined;
    failed?.reject(error);
  };
  socket.on("error", fail);
  socket.on("close", () => fail(new Error("the connection closed before the answer")));
  socket.on("data", (chunk: Buffer) => {
    kept = kept === undefined ? chunk : Buffer.concat([kept, chunk]);
    const answer = parseAnswer(kept);
    if (answer === null) return;
    kept = undefined;
    const done = waiting;
    waiting = undefined;
    done?.resolve(answer);
  });

  return {
    ask: (request) =>
      new Promise((resolve, reject) => {
        if (socket.destroyed) return reject(new Error("the connection is closed"));
        waiting = { resolve, reject };
        socket.write(request);
      }),
    close: () => socket.destroy(),
  };
};
