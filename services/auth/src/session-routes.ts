import { PageQuery } from "@luna/shared/http/cursor";
import { routesOf } from "@luna/shared/http/route";

import { IdParams, type AuthContext } from "./context.ts";
import { deleteSession, listSessions, SessionPage } from "./sessions.ts";
import { signOut, signOutAll } from "./sign-out.ts";

const route = routesOf<AuthContext>();

/** Where a person is signed in, and how that ends. */
export const sessionRoutes = [
  route({
    method: "POST",
    path: "/v1/auth/sign-out",
    access: "user",
    credential: "session",
    summary: "End this session; its tokens are refused from the next request on",
    limit: "account",
    answers: { 204: null },
    handler: signOut,
  }),
  route({
    method: "POST",
    path: "/v1/auth/sign-out-all",
    access: "user",
    credential: "session",
    summary: "End all sessions, this one too",
    limit: "account",
    answers: { 204: null },
    handler: signOutAll,
  }),
  route({
    method: "GET",
    path: "/v1/auth/sessions",
    access: "user",
    credential: "session",
    summary: "Where you are signed in, newest first",
    query: PageQuery,
    answers: { 200: SessionPage },
    handler: listSessions,
  }),
  route({
    method: "DELETE",
    path: "/v1/auth/sessions/:id",
    access: "user",
    credential: "session",
    summary: "End one of your sessions",
    params: IdParams,
    answers: { 204: null },
    handler: deleteSession,
  }),
];
