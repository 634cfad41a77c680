import { randomUUID } from "node:crypto";

import { faultSwitch, parseFault, parseObject } from "./fault.ts";
import { type Call, type Reply, serve } from "./http-server.ts";
import { json, problem } from "./json-reply.ts";
import type { Delivery } from "./mail-sink/mailbox.ts";
import {
  createEventSender,
  type EventWebhook,
  eventsOf,
  SENDGRID_FATES,
  type SendGridFate,
} from "./sendgrid/events.ts";
import { sendGridFailure, type SendGridFault, SENDGRID_FAULTS } from "./sendgrid/failure.ts";
import { parseMail } from "./sendgrid/mail.ts";

/** The documented size of a whole request. */
const MAX_BODY_BYTES = 30 * 1024 * 1024;

/** Longer than most client timeouts, short enough to wait for in a test. */
const SLOW_MS = 5_000;

export interface SendGridOptions {
  /** 0 takes a free one. */
  port: number;
  apiKey: string;
  /** Gets every accepted mail, one per personalization, before the 202 is sent. */
  onMail: (mail: Delivery) => unknown;
  /** How late the fault `slow` answers, in milliseconds. */
  slowMs?: number;
  /** Where to tell what became of the mails; nobody is told unless given. */
  events?: EventWebhook;
}

export interface SendGrid {
  port: number;
  close(): Promise<void>;
}

/** Starts a stand-in for SendGrid's mail API on 127.0.0.1. It keeps nothing itself. */
export const startSendGrid = async (options: SendGridOptions): Promise<SendGrid> => {
  const { apiKey, onMail, slowMs = SLOW_MS } = options;
  const faults = faultSwitch<SendGridFault>("none");
  const webhook = options.events === undefined ? null : createEventSender(options.events);
  let fate: SendGridFate = "delivered";

  const sendMail = async ({ headers, body }: Call): Promise<Reply> => {
    for (const status of [401, 403, 429, 500, 503] as const) {
      if (faults.strikes(`${status}`)) return sendGridFailure(status);
    }
    if (headers.authorization !== `Bearer ${apiKey}`) return sendGridFailure(401);
    const mail = parseMail(parseObject(body.toString()));
    if ("errors" in mail) return json(400, { errors: mail.errors });
    // A sandboxed mail is checked and forgotten.
    if (mail.sandbox) return { status: 200 };
    if (faults.strikes("cut-before-202")) return { status: 0, hangUp: true };
    const id = randomUUID();
    for (const { mail: delivery, customArgs } of mail.deliveries) {
      await onMail({ ...delivery, headers: { ...delivery.headers, "x-message-id": id } });
      for (const recipient of delivery.to)
        void webhook?.send(eventsOf({ messageId: id, recipient, customArgs }, fate, Date.now()));
    }
    if (faults.strikes("cut-after-accept")) return { status: 0, hangUp: true };
    if (faults.strikes("slow")) await new Promise((done) => setTimeout(done, slowMs));
    return { status: 202, headers: { "X-Message-Id": id } };
  };

  const server = await serve({
    port: options.port,
    name: "SendGrid stand-in",
    maxBodyBytes: MAX_BODY_BYTES,
    renderFailure: (status) => sendGridFailure(status),
    routes: [
      ["POST", "/v3/mail/send", sendMail],
      [
        "POST",
        "/emulator/faults",
        ({ body }) => {
          const fault = parseFault(body.toString(), SENDGRID_FAULTS);
          if ("problem" in fault) return problem(422, fault.problem);
          faults.set(fault);
          return json(200, fault);
        },
      ],
      [
        "POST",
        "/emulator/fate",
        ({ body }) => {
          const wanted = parseObject(body.toString())?.["fate"];
          const known = SENDGRID_FATES.find((one) => one === wanted);
          if (known === undefined)
            return problem(422, `"fate" must be one of ${SENDGRID_FATES.join(", ")}.`);
          fate = known;
          return json(200, { fate });
        },
      ],
    ],
  });
  return {
    port: server.port,
    close: async () => {
      webhook?.stop();
      await server.close();
    },
  };
};
