import { routesOf } from "@luna/shared/http/route";

import { changeMails } from "./change-mails.ts";
import type { MailerContext } from "./context.ts";
import { getMail } from "./get-mail.ts";
import { listMails } from "./list-mails.ts";
import { BulkReport, MailQuery, MailSelection } from "./mail-filter.ts";
import { DeadLetterReport, DeadLetterRun, MailPage, MailParams, MailTimeline } from "./mail.ts";
import { processDeadLetters } from "./process-dead-letters.ts";
import { retryMail } from "./retry-mail.ts";
import { settingsRoutes } from "./settings-routes.ts";

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
  ...settingsRoutes,
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
    path: "/v1/admin/mail/retry",
    access: "admin",
    summary: "Send mails again that ended badly: all that are meant, oldest first",
    body: MailSelection,
    answers: { 200: BulkReport },
    handler: changeMails("retry"),
  }),
  route({
    method: "POST",
    path: "/v1/admin/mail/release",
    access: "admin",
    summary: "Send held mails, though they may have gone out before",
    body: MailSelection,
    answers: { 200: BulkReport },
    handler: changeMails("release"),
  }),
  route({
    method: "POST",
    path: "/v1/admin/mail/drop",
    access: "admin",
    summary: "Never send mails that wait, are held or dead",
    body: MailSelection,
    answers: { 200: BulkReport },
    handler: changeMails("drop"),
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
