import { routesOf } from "@luna/shared/http/route";
import * as v from "valibot";

import { chooseTransport } from "./choose-transport.ts";
import type { MailerContext } from "./context.ts";
import { liftSuppression } from "./lift-suppression.ts";
import { listSuppressions } from "./list-suppressions.ts";
import { pauseTemplate } from "./pause-template.ts";
import { receiveEvents } from "./receive-events.ts";
import {
  MailSummary,
  SuppressedAddress,
  SuppressionPage,
  SuppressionQuery,
  SuppressionsLifted,
  TemplateParams,
  TemplatePause,
  TemplateState,
  TransportChoice,
} from "./settings.ts";
import { summarizeMail } from "./summarize-mail.ts";

const route = routesOf<MailerContext>();

/** What steers the delivery as a whole, rather than one mail. */
export const settingsRoutes = [
  route({
    method: "GET",
    path: "/v1/admin/mail/summary",
    access: "admin",
    summary: "Every accepted mail counted by state, and whether mail flows",
    answers: { 200: MailSummary },
    handler: summarizeMail,
  }),
  route({
    method: "PUT",
    path: "/v1/admin/mail/transport",
    access: "admin",
    summary: "Send all mail through another transport from now on",
    body: TransportChoice,
    answers: { 200: TransportChoice },
    handler: chooseTransport,
  }),
  route({
    method: "PUT",
    path: "/v1/admin/mail/templates/:template",
    access: "admin",
    summary: "Hold the mails of one template, or let them go",
    params: TemplateParams,
    body: TemplatePause,
    answers: { 200: TemplateState },
    problems: ["not_found"],
    handler: pauseTemplate,
  }),
  route({
    method: "GET",
    path: "/v1/admin/mail/suppressions",
    access: "admin",
    summary: "Addresses that get no mail, and why",
    query: SuppressionQuery,
    answers: { 200: SuppressionPage },
    handler: listSuppressions,
  }),
  route({
    method: "POST",
    path: "/v1/admin/mail/suppressions/lift",
    access: "admin",
    summary: "Let mail go to an address again",
    body: SuppressedAddress,
    answers: { 200: SuppressionsLifted },
    handler: liftSuppression,
  }),
  route({
    method: "POST",
    path: "/webhooks/sendgrid",
    access: "public",
    limit: "none",
    summary: "Where SendGrid tells us what became of a mail",
    rawBody: true,
    answers: { 200: v.strictObject({ status: v.literal("stored") }) },
    problems: ["invalid_signature", "payload_too_large", "unavailable", "outcome_unknown"],
    handler: receiveEvents,
  }),
];
