import { routesOf } from "@luna/shared/http/route";

import { AccountView } from "./account.ts";
import { changeAccount, ChangeAccountBody } from "./change-account.ts";
import { IdParams, type AuthContext } from "./context.ts";
import { revokeKey, RevokeKeyBody } from "./revoke-key.ts";
import { revokeSessions } from "./revoke-sessions.ts";

const route = routesOf<AuthContext>();

/** What administrators do to other people's accounts. */
export const adminRoutes = [
  route({
    method: "PATCH",
    path: "/v1/admin/accounts/:id",
    access: "admin",
    summary: "Change the role or the status of an account",
    params: IdParams,
    body: ChangeAccountBody,
    answers: { 200: AccountView },
    problems: ["conflict"],
    handler: changeAccount,
  }),
  route({
    method: "POST",
    path: "/v1/admin/accounts/:id/sessions/revoke",
    access: "admin",
    summary: "Sign an account out everywhere",
    params: IdParams,
    answers: { 204: null },
    handler: revokeSessions,
  }),
  route({
    method: "POST",
    path: "/v1/admin/api-keys/revoke",
    access: "admin",
    summary: "End an API key that leaked",
    body: RevokeKeyBody,
    answers: { 204: null },
    problems: ["not_found"],
    handler: revokeKey,
  }),
];
