import { connect } from "node:net";

/** What came back: the last reply of each step, and whether the server hung up before QUIT. */
export interface Conversation {
  replies: string[];
  cut: boolean;
}

/**
 * Sends one raw mail, for tests. A multi-line reply counts once, by its last line; the first reply
 * that is not 2xx or 3xx ends the conversation.
 */
export const sendRaw = (port: number, to: readonly string[], raw: string): Promise<Conversation> =>
  new Promise((resolve) => {
    const steps = [
      "EHLO test",
      "MAIL FROM:<sender@luna.test>",
      ...to.map((address) => `RCPT TO:<${address}>`),
      "DATA",
      `${raw}\r\n.`,
    ];
    const replies: string[] = [];
    let cut = true;
    let buffer = "";
    const socket = connect(port, "127.0.0.1");
    socket.setEncoding("utf8");
    socket.on("data", (chunk: string) => {
      buffer += chunk;
      for (let end = buffer.indexOf("\r\n"); end >= 0; end = buffer.indexOf("\r\n")) {
        const line = buffer.slice(0, end);
        buffer = buffer.slice(end + 2);
        if (line[3] === "-") continue;
        replies.push(line);
        const step = /^[23]/.test(line) ? steps.shift() : undefined;
        if (step !== undefined) socket.write(`${step}\r\n`);
        else {
          // Wait one turn, so that a cut right after this reply is seen.
          setTimeout(() => {
            if (!socket.destroyed) cut = false;
            socket.destroy();
          }, 50);
        }
      }
    });
    socket.on("error", () => {});
    socket.on("end", () => socket.destroy());
    socket.on("close", () => resolve({ replies, cut }));
  });
