import { PageQuery } from "@luna/shared/http/cursor";
import { routesOf } from "@luna/shared/http/route";
import * as v from "valibot";

import { ClaimAnswer, ClaimBody, claimPurchase } from "./claim-purchase.ts";
import { ConfirmAnswer, confirmClaim, ConfirmBody } from "./confirm-claim.ts";
import type { BillingContext } from "./context.ts";
import { CheckoutAnswer, CheckoutInput, createCheckout } from "./create-checkout.ts";
import { FindAnswer, findPurchases, FindQuery } from "./find-purchases.ts";
import { getSubscription, SubscriptionAnswer } from "./get-subscription.ts";
import { EventParams, LinkBody, linkEvent } from "./link-event.ts";
import { EventAnswer, EventPage, EventQuery, listEvents } from "./list-events.ts";
import { InvoicePage, listInvoices } from "./list-invoices.ts";
import { listPlans, PlanList } from "./list-plans.ts";
import { openPortal, PortalAnswer } from "./open-portal.ts";
import { receiveEvent } from "./receive-event.ts";
import { ReconcileParams, ReconcileQuery, ReconcileReport } from "./reconcile-report.ts";
import { replayEvent } from "./replay-event.ts";
import { RebuildAnswer, RebuildQuery, runRebuild } from "./run-rebuild.ts";
import { getReconcile, runReconcile } from "./run-reconcile.ts";

const route = routesOf<BillingContext>();

export const routes = [
  route({
    method: "GET",
    path: "/v1/billing/plans",
    access: "public",
    cached: true,
    summary: "The plans, their prices and limits",
    answers: { 200: PlanList },
    handler: listPlans,
  }),
  route({
    method: "POST",
    path: "/v1/billing/checkout",
    access: "user",
    limit: "account",
    summary: "A page on which I can buy a plan",
    body: CheckoutInput,
    answers: { 201: CheckoutAnswer },
    problems: ["unavailable", "outcome_unknown"],
    handler: createCheckout,
  }),
  route({
    method: "POST",
    path: "/v1/billing/portal",
    access: "user",
    limit: "account",
    summary: "A page on which I can change my card or plan, or cancel",
    answers: { 200: PortalAnswer },
    problems: ["conflict", "unavailable"],
    handler: openPortal,
  }),
  route({
    method: "GET",
    path: "/v1/billing/subscription",
    access: "user",
    summary: "My subscription as the payment provider sees it",
    answers: { 200: SubscriptionAnswer },
    handler: getSubscription,
  }),
  route({
    method: "GET",
    path: "/v1/billing/invoices",
    access: "user",
    summary: "My invoices, newest first",
    query: PageQuery,
    answers: { 200: InvoicePage },
    handler: listInvoices,
  }),
  route({
    method: "POST",
    path: "/v1/billing/claim",
    access: "user",
    credential: "session",
    limit: "account",
    summary: "Say that a purchase is mine; its address is asked by mail",
    body: ClaimBody,
    answers: { 202: ClaimAnswer },
    handler: claimPurchase,
  }),
  route({
    method: "POST",
    path: "/v1/billing/claim/confirm",
    access: "user",
    credential: "session",
    limit: "account",
    summary: "Link a purchase with the token that was mailed to its address",
    body: ConfirmBody,
    answers: { 200: ConfirmAnswer },
    problems: ["conflict"],
    handler: confirmClaim,
  }),
  route({
    method: "POST",
    path: "/webhooks/lemonsqueezy",
    access: "public",
    limit: "none",
    summary: "Where LemonSqueezy tells us what happened",
    rawBody: true,
    answers: { 200: v.strictObject({ status: v.literal("stored") }) },
    problems: ["invalid_signature", "payload_too_large", "unavailable"],
    handler: receiveEvent,
  }),
  route({
    method: "GET",
    path: "/v1/admin/billing/events",
    access: "admin",
    summary: "Every event received, newest first",
    query: EventQuery,
    answers: { 200: EventPage },
    handler: listEvents,
  }),
  route({
    method: "GET",
    path: "/v1/admin/billing/find",
    access: "admin",
    summary: "What somebody bought, and whose it is",
    query: FindQuery,
    answers: { 200: FindAnswer },
    handler: findPurchases,
  }),
  route({
    method: "POST",
    path: "/v1/admin/billing/events/:id/link",
    access: "admin",
    summary: "Give the purchase of an unlinked event to a user",
    params: EventParams,
    body: LinkBody,
    answers: { 200: EventAnswer },
    problems: ["conflict"],
    handler: linkEvent,
  }),
  route({
    method: "POST",
    path: "/v1/admin/billing/events/:id/replay",
    access: "admin",
    summary: "Apply an event once more",
    params: EventParams,
    answers: { 200: EventAnswer },
    problems: ["conflict"],
    handler: replayEvent,
  }),
  route({
    method: "POST",
    path: "/v1/admin/billing/reconcile",
    access: "admin",
    summary: "Compare with the payment provider, and repair what differs",
    query: ReconcileQuery,
    answers: { 200: ReconcileReport, 202: ReconcileReport },
    handler: runReconcile,
  }),
  route({
    method: "GET",
    path: "/v1/admin/billing/reconcile/:id",
    access: "admin",
    summary: "How far a comparison is, and what differed",
    params: ReconcileParams,
    answers: { 200: ReconcileReport },
    handler: getReconcile,
  }),
  route({
    method: "POST",
    path: "/v1/admin/billing/rebuild",
    access: "admin",
    summary: "Compare the tables with the stored deliveries, and make them so",
    query: RebuildQuery,
    answers: { 200: RebuildAnswer },
    handler: runRebuild,
  }),
];
