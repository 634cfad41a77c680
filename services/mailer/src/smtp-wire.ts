/** A TCP connection: `Socket` of `cloudflare:sockets`, or anything with its shape. */
export interface SmtpSocket {
  readonly readable: ReadableStream<Uint8Array>;
  readonly writable: WritableStream<Uint8Array>;
  startTls(): SmtpSocket;
  close(): Promise<void>;
}

export interface SmtpReply {
  code: number;
  lines: readonly string[];
}

/** The connection ended or spoke something that is not SMTP. */
export class WireFailure extends Error {}

/** RFC 5321 §4.5.3.1.5 allows 512 octets a line; a server that says more than this is not one. */
const MAX_REPLY_BYTES = 64 * 1024;

const encoder = new TextEncoder();

/** Lines in, replies out. Holds the stream locks of one socket. */
export const openWire = (socket: SmtpSocket) => {
  const reader = socket.readable.getReader();
  const writer = socket.writable.getWriter();
  const decoder = new TextDecoder();
  let buffer = "";

  const readLine = async (): Promise<string> => {
    for (;;) {
      const end = buffer.indexOf("\r\n");
      if (end >= 0) {
        const line = buffer.slice(0, end);
        buffer = buffer.slice(end + 2);
        return line;
      }
      if (buffer.length > MAX_REPLY_BYTES) throw new WireFailure("reply too long");
      const { done, value } = await reader.read();
      if (done) throw new WireFailure("connection closed");
      buffer += decoder.decode(value, { stream: true });
    }
  };

  return {
    /** One reply, of one or many lines: `250-…` goes on, `250 …` ends. */
    async read(): Promise<SmtpReply> {
      const lines: string[] = [];
      let size = 0;
      for (;;) {
        const match = /^([2-5]\d\d)([ -]?)(.*)$/.exec(await readLine());
        if (match === null) throw new WireFailure("not an SMTP reply");
        const [whole, code = "", mark = "", text = ""] = match;
        lines.push(text);
        size += whole.length;
        if (size > MAX_REPLY_BYTES) throw new WireFailure("reply too long");
        if (mark !== "-") return { code: Number(code), lines };
      }
    },

    write: (text: string): Promise<void> => writer.write(encoder.encode(text)),

    /**
     * Lets go of the socket before TLS begins. `false` when bytes arrived that nobody asked for:
     * whoever sent them in the clear would be answering inside the encrypted dialogue.
     */
    release(): boolean {
      reader.releaseLock();
      writer.releaseLock();
      return buffer === "";
    },
  };
};
