import { connect } from "node:net";

/** The server answers everything at once, so silence means that it waits for us. */
const SILENCE_MS = 150;

/**
 * What a client does that pastes texts into commands and headers: the control that shows whether
 * the judge would see an injection.
 */
export const sendNaively = async (port: number, to: string, subject: string): Promise<void> => {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => undefined);
  const reply = (): Promise<void> =>
    new Promise((done) => {
      const timer = setTimeout(done, SILENCE_MS);
      socket.once("data", () => {
        clearTimeout(timer);
        done();
      });
    });
  await reply();
  const say = async (text: string): Promise<void> => {
    const answered = reply();
    socket.write(`${text}\r\n`);
    await answered;
  };
  await say("EHLO naive.test");
  await say("MAIL FROM:<no-reply@naive.test>");
  await say(`RCPT TO:<${to}>`);
  await say("DATA");
  await say(`From: <no-reply@naive.test>\r\nTo: <${to}>\r\nSubject: ${subject}\r\n\r\nHello.\r\n.`);
  await say("QUIT");
  socket.destroy();
};
