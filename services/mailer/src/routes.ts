import { routesOf } from "@luna/shared/http/route";

import type { MailerContext } from "./context.ts";
import { getMail } from "./get-mail.ts";
import { listMails } from "./list-mails.ts";
import {
  DeadLetterReport,
  DeadLetterRun,
  MailPage,
  MailParams,
  MailQuery,
  MailTimeline,
} from "./mail.ts";
import { processDeadLetters } from "./process-dead-letters.ts";
import { retryMail } from "./retry-mail.ts";

const route = routesOf<MailerContext>();

export const routes = [
  route({
    method: "GET",
    path: "/v1/admin/mail",
    access: "admin",
    summary: "List mails, newest first",
    query: MailQuery,
    answers: { 200: MailPage },
    handler: listMails,
  }),
  route({
    method: "GET",
    path: "/v1/admin/mail/:id",
    access: "admin",
    summary: "One mail and what happened to it",
    params: MailParams,
    answers: { 200: MailTimeline },
    problems: ["not_found"],
    handler: getMail,
  }),
  route({
    method: "POST",
    path: "/v1/admin/mail/:id/retry",
    access: "admin",
    summary: "Send a mail again that ended badly",
    params: MailParams,
    answers: { 200: MailTimeline },
    problems: ["not_found", "conflict"],
    handler: retryMail,
  }),
  route({
    method: "POST",
    path: "/v1/admin/email/process-dlq",
    alias: "/api/admin/email/process-dlq",
    access: "admin",
    summary: "Send dead mails again, oldest first",
    body: DeadLetterRun,
    answers: { 200: DeadLetterReport },
    handler: processDeadLetters,
  }),
];
