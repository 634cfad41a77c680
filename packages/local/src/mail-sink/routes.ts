import { type FaultSwitch, parseFault } from "../fault.ts";
import type { Route } from "../http-server.ts";
import { json, problem } from "../json-reply.ts";
import type { Mailbox } from "./mailbox.ts";
import { mailFrame, page, pageScript, pageStyle } from "./page.ts";
import { previewRoutes, type Previews } from "./preview-routes.ts";
import { SMTP_FAULTS, type SmtpFault } from "./smtp.ts";

/** The sink's web page and JSON, as the public contract lists them. */
export const sinkRoutes = (
  mailbox: Mailbox,
  faults: FaultSwitch<SmtpFault>,
  previews: Previews,
): Route[] => [
  ["GET", "/", page],
  ["GET", "/page.css", pageStyle],
  ["GET", "/page.js", pageScript],
  ...previewRoutes(previews),
  [
    "GET",
    "/messages/:id/html",
    ({ params }) => {
      const message = mailbox.find(params["id"] ?? "");
      return message === undefined ? problem(404, "No such mail.") : mailFrame(message.html);
    },
  ],
  [
    "GET",
    "/api/messages",
    ({ headers }) => {
      const etag = `"${mailbox.version()}"`;
      if (headers["if-none-match"] === etag) return { status: 304, headers: { ETag: etag } };
      const reply = json(200, mailbox.list());
      return { ...reply, headers: { ...reply.headers, ETag: etag } };
    },
  ],
  [
    "DELETE",
    "/api/messages",
    async () => {
      await mailbox.clear();
      return { status: 204 };
    },
  ],
  [
    "POST",
    "/api/faults",
    ({ body }) => {
      const fault = parseFault(body.toString(), SMTP_FAULTS);
      if ("problem" in fault) return problem(422, fault.problem);
      faults.set(fault);
      return json(200, faults.current());
    },
  ],
];
