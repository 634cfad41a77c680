// Made by `pnpm generate` from services/*/src/routes.ts. Do not edit.
import type { Access, Method, RouteLimit } from "@luna/shared/http/route";

import type { Service } from "./doors.ts";

/** One route and the service that answers it. */
export interface MappedRoute {
  method: Method;
  path: string;
  /** The path the service knows it by, when this one is an alias. */
  target: string | null;
  service: Service;
  access: Access;
  limit: RouteLimit;
  cached: boolean;
}

export const routeMap: readonly MappedRoute[] = [
  { method: "POST", path: "/v1/auth/sign-up", target: null, service: "auth", access: "public", limit: "address", cached: false },
  { method: "POST", path: "/v1/auth/verify-email", target: null, service: "auth", access: "public", limit: "address", cached: false },
  { method: "POST", path: "/v1/auth/sign-in", target: null, service: "auth", access: "public", limit: "address", cached: false },
  { method: "POST", path: "/v1/auth/refresh", target: null, service: "auth", access: "public", limit: "none", cached: false },
  { method: "POST", path: "/v1/auth/change-email", target: null, service: "auth", access: "user", limit: "account", cached: false },
  { method: "POST", path: "/v1/auth/sign-out", target: null, service: "auth", access: "user", limit: "account", cached: false },
  { method: "POST", path: "/v1/auth/sign-out-all", target: null, service: "auth", access: "user", limit: "account", cached: false },
  { method: "GET", path: "/v1/auth/sessions", target: null, service: "auth", access: "user", limit: "plan", cached: false },
  { method: "DELETE", path: "/v1/auth/sessions/:id", target: null, service: "auth", access: "user", limit: "plan", cached: false },
  { method: "POST", path: "/v1/auth/change-password", target: null, service: "auth", access: "user", limit: "account", cached: false },
  { method: "POST", path: "/v1/auth/forgot-password", target: null, service: "auth", access: "public", limit: "address", cached: false },
  { method: "POST", path: "/v1/auth/reset-password", target: null, service: "auth", access: "public", limit: "address", cached: false },
  { method: "POST", path: "/v1/api-keys", target: null, service: "auth", access: "user", limit: "create", cached: false },
  { method: "GET", path: "/v1/api-keys", target: null, service: "auth", access: "user", limit: "plan", cached: false },
  { method: "DELETE", path: "/v1/api-keys/:id", target: null, service: "auth", access: "user", limit: "plan", cached: false },
  { method: "POST", path: "/v1/api-keys/:id/rotate", target: null, service: "auth", access: "user", limit: "create", cached: false },
  { method: "PATCH", path: "/v1/admin/accounts/:id", target: null, service: "auth", access: "admin", limit: "plan", cached: false },
  { method: "POST", path: "/v1/admin/accounts/:id/sessions/revoke", target: null, service: "auth", access: "admin", limit: "plan", cached: false },
  { method: "POST", path: "/v1/admin/api-keys/revoke", target: null, service: "auth", access: "admin", limit: "plan", cached: false },
  { method: "GET", path: "/v1/me", target: null, service: "users", access: "user", limit: "plan", cached: true },
  { method: "PATCH", path: "/v1/me", target: null, service: "users", access: "user", limit: "plan", cached: false },
  { method: "GET", path: "/v1/me/usage", target: null, service: "users", access: "user", limit: "plan", cached: false },
  { method: "POST", path: "/v1/admin/users/:id/grants", target: null, service: "users", access: "admin", limit: "plan", cached: false },
  { method: "GET", path: "/v1/admin/billing/grants", target: null, service: "users", access: "admin", limit: "plan", cached: false },
  { method: "DELETE", path: "/v1/admin/users/:id/grants/:grantId", target: null, service: "users", access: "admin", limit: "plan", cached: false },
  { method: "GET", path: "/v1/billing/plans", target: null, service: "billing-webhook", access: "public", limit: "address", cached: true },
  { method: "POST", path: "/v1/billing/checkout", target: null, service: "billing-webhook", access: "user", limit: "account", cached: false },
  { method: "POST", path: "/v1/billing/portal", target: null, service: "billing-webhook", access: "user", limit: "account", cached: false },
  { method: "GET", path: "/v1/billing/subscription", target: null, service: "billing-webhook", access: "user", limit: "plan", cached: false },
  { method: "GET", path: "/v1/billing/invoices", target: null, service: "billing-webhook", access: "user", limit: "plan", cached: false },
  { method: "POST", path: "/v1/billing/claim", target: null, service: "billing-webhook", access: "user", limit: "account", cached: false },
  { method: "POST", path: "/v1/billing/claim/confirm", target: null, service: "billing-webhook", access: "user", limit: "account", cached: false },
  { method: "POST", path: "/webhooks/lemonsqueezy", target: null, service: "billing-webhook", access: "public", limit: "none", cached: false },
  { method: "GET", path: "/v1/admin/billing/events", target: null, service: "billing-webhook", access: "admin", limit: "plan", cached: false },
  { method: "GET", path: "/v1/admin/billing/find", target: null, service: "billing-webhook", access: "admin", limit: "plan", cached: false },
  { method: "POST", path: "/v1/admin/billing/events/:id/link", target: null, service: "billing-webhook", access: "admin", limit: "plan", cached: false },
  { method: "POST", path: "/v1/admin/billing/events/:id/replay", target: null, service: "billing-webhook", access: "admin", limit: "plan", cached: false },
  { method: "POST", path: "/v1/admin/billing/reconcile", target: null, service: "billing-webhook", access: "admin", limit: "plan", cached: false },
  { method: "GET", path: "/v1/admin/billing/reconcile/:id", target: null, service: "billing-webhook", access: "admin", limit: "plan", cached: false },
  { method: "POST", path: "/v1/admin/billing/rebuild", target: null, service: "billing-webhook", access: "admin", limit: "plan", cached: false },
  { method: "GET", path: "/v1/admin/mail", target: null, service: "mailer", access: "admin", limit: "plan", cached: false },
  { method: "GET", path: "/v1/admin/mail/summary", target: null, service: "mailer", access: "admin", limit: "plan", cached: false },
  { method: "PUT", path: "/v1/admin/mail/transport", target: null, service: "mailer", access: "admin", limit: "plan", cached: false },
  { method: "PUT", path: "/v1/admin/mail/templates/:template", target: null, service: "mailer", access: "admin", limit: "plan", cached: false },
  { method: "GET", path: "/v1/admin/mail/suppressions", target: null, service: "mailer", access: "admin", limit: "plan", cached: false },
  { method: "POST", path: "/v1/admin/mail/suppressions/lift", target: null, service: "mailer", access: "admin", limit: "plan", cached: false },
  { method: "POST", path: "/webhooks/sendgrid", target: null, service: "mailer", access: "public", limit: "none", cached: false },
  { method: "GET", path: "/v1/admin/mail/:id", target: null, service: "mailer", access: "admin", limit: "plan", cached: false },
  { method: "POST", path: "/v1/admin/mail/:id/retry", target: null, service: "mailer", access: "admin", limit: "plan", cached: false },
  { method: "POST", path: "/v1/admin/mail/retry", target: null, service: "mailer", access: "admin", limit: "plan", cached: false },
  { method: "POST", path: "/v1/admin/mail/release", target: null, service: "mailer", access: "admin", limit: "plan", cached: false },
  { method: "POST", path: "/v1/admin/mail/drop", target: null, service: "mailer", access: "admin", limit: "plan", cached: false },
  { method: "POST", path: "/v1/admin/email/process-dlq", target: null, service: "mailer", access: "admin", limit: "plan", cached: false },
  { method: "POST", path: "/api/admin/email/process-dlq", target: "/v1/admin/email/process-dlq", service: "mailer", access: "admin", limit: "plan", cached: false },
  { method: "GET", path: "/v1/admin/scheduled-tasks", target: null, service: "scheduler", access: "admin", limit: "plan", cached: false },
  { method: "GET", path: "/v1/admin/scheduled-tasks/history", target: null, service: "scheduler", access: "admin", limit: "plan", cached: false },
  { method: "GET", path: "/api/admin/scheduled-tasks/history", target: "/v1/admin/scheduled-tasks/history", service: "scheduler", access: "admin", limit: "plan", cached: false },
  { method: "POST", path: "/v1/admin/scheduled-tasks/:name/run", target: null, service: "scheduler", access: "admin", limit: "plan", cached: false },
  { method: "POST", path: "/v1/admin/scheduled-tasks/:name/pause", target: null, service: "scheduler", access: "admin", limit: "plan", cached: false },
  { method: "POST", path: "/v1/admin/scheduled-tasks/:name/resume", target: null, service: "scheduler", access: "admin", limit: "plan", cached: false },
  { method: "GET", path: "/health", target: null, service: "gateway", access: "public", limit: "none", cached: false },
  { method: "GET", path: "/.well-known/jwks.json", target: null, service: "gateway", access: "public", limit: "none", cached: false },
  { method: "GET", path: "/v1/admin/cache/metrics", target: null, service: "gateway", access: "admin", limit: "plan", cached: false },
  { method: "GET", path: "/api/cache/metrics", target: "/v1/admin/cache/metrics", service: "gateway", access: "admin", limit: "plan", cached: false },
  { method: "POST", path: "/v1/admin/cache/reset-circuit-breaker", target: null, service: "gateway", access: "admin", limit: "plan", cached: false },
  { method: "POST", path: "/api/admin/cache/reset-circuit-breaker", target: "/v1/admin/cache/reset-circuit-breaker", service: "gateway", access: "admin", limit: "plan", cached: false },
];
