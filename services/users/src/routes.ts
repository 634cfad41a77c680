import { routesOf } from "@luna/shared/http/route";

import { addGrant, GrantAnswer, GrantBody, GrantParams } from "./add-grant.ts";
import type { UsersContext } from "./context.ts";
import { endGrant, EndGrantParams } from "./end-grant.ts";
import { getMe } from "./get-me.ts";
import { GrantPage, GrantQuery, listGrants } from "./list-grants.ts";
import { Me } from "./me.ts";
import { ProfileChange } from "./profile.ts";
import { updateMe } from "./update-me.ts";
import { getUsage, Usage } from "./usage.ts";

const route = routesOf<UsersContext>();

export const routes = [
  route({
    method: "GET",
    path: "/v1/me",
    access: "user",
    summary: "Who I am, and which plan I am on",
    cached: true,
    answers: { 200: Me },
    handler: getMe,
  }),
  route({
    method: "PATCH",
    path: "/v1/me",
    access: "user",
    summary: "Change my profile",
    body: ProfileChange,
    answers: { 200: Me },
    handler: updateMe,
  }),
  route({
    method: "GET",
    path: "/v1/me/usage",
    access: "user",
    summary: "How much of my plan I have used",
    answers: { 200: Usage },
    handler: getUsage,
  }),
  route({
    method: "POST",
    path: "/v1/admin/users/:id/grants",
    access: "admin",
    summary: "Give a user a plan for a while",
    params: GrantParams,
    body: GrantBody,
    answers: { 201: GrantAnswer },
    handler: addGrant,
  }),
  route({
    method: "GET",
    path: "/v1/admin/billing/grants",
    access: "admin",
    summary: "Plans that operators gave, newest first",
    query: GrantQuery,
    answers: { 200: GrantPage },
    handler: listGrants,
  }),
  route({
    method: "DELETE",
    path: "/v1/admin/users/:id/grants/:grantId",
    access: "admin",
    summary: "Take back a plan that was given",
    params: EndGrantParams,
    answers: { 204: null },
    handler: endGrant,
  }),
];
