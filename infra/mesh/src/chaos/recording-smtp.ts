import { createServer, type Socket } from "node:net";

/** One mail as a server sees it: every command of its transaction, and the lines of its data. */
export interface Dialogue {
  commands: string[];
  data: string[];
}

export interface RecordingSmtp {
  port: number;
  dialogues: Dialogue[];
  close: () => Promise<void>;
}

/** Answers everything with yes: whatever a client can be made to say is taken at its word. */
const REPLIES: Readonly<Record<string, string>> = {
  EHLO: "250 hello",
  HELO: "250 hello",
  DATA: "354 go on",
  QUIT: "221 bye",
};

/** Takes lines as lenient servers do: a bare CR or LF ends one too. */
const LINE_END = /\r\n|\r|\n/;

const converse = (socket: Socket, dialogues: Dialogue[]): void => {
  let buffer = "";
  let inData = false;
  let current: Dialogue = { commands: [], data: [] };
  const take = (line: string): void => {
    if (inData) {
      if (line !== ".") return void current.data.push(line);
      inData = false;
      socket.write("250 kept\r\n");
      return;
    }
    const verb = line.slice(0, 4).toUpperCase();
    // A transaction begins with its sender; what was said before belongs to the first.
    if (verb === "MAIL" && current.commands.some((said) => /^MAIL/i.test(said)))
      current = { commands: [], data: [] };
    if (!dialogues.includes(current)) dialogues.push(current);
    current.commands.push(line);
    inData = verb === "DATA";
    socket.write(`${REPLIES[verb] ?? "250 yes"}\r\n`);
    if (verb === "QUIT") socket.end();
  };
  socket.on("error", () => undefined);
  socket.write("220 recorder\r\n");
  socket.on("data", (chunk) => {
    buffer += chunk.toString("utf8");
    for (;;) {
      const end = LINE_END.exec(buffer);
      // A CR at the very end may be half of a line end.
      if (end === null || (end[0] === "\r" && end.index === buffer.length - 1)) return;
      const line = buffer.slice(0, end.index);
      buffer = buffer.slice(end.index + end[0].length);
      take(line);
    }
  });
};

/** An SMTP server that believes everything and writes down every line. */
export const startRecordingSmtp = async (): Promise<RecordingSmtp> => {
  const dialogues: Dialogue[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    converse(socket, dialogues);
  });
  await new Promise<void>((done) => {
    server.listen(0, "127.0.0.1", done);
  });
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    dialogues,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        for (const socket of sockets) socket.destroy();
      }),
  };
};
