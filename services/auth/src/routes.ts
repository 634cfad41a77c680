import { routesOf } from "@luna/shared/http/route";
import * as v from "valibot";

import { adminRoutes } from "./admin-routes.ts";
import { changeEmail, ChangeEmailBody } from "./change-email.ts";
import type { AuthContext } from "./context.ts";
import { keyRoutes } from "./key-routes.ts";
import { passwordRoutes } from "./password-routes.ts";
import { refresh, RefreshBody } from "./refresh.ts";
import { sessionRoutes } from "./session-routes.ts";
import { signIn, SignInBody } from "./sign-in.ts";
import { signUp, SignUpBody } from "./sign-up.ts";
import { Tokens } from "./tokens.ts";
import { verifyEmail, VerifyEmailBody } from "./verify-email.ts";

const route = routesOf<AuthContext>();

export const routes = [
  route({
    method: "POST",
    path: "/v1/auth/sign-up",
    access: "public",
    summary: "Create an account; a mail confirms the address",
    body: SignUpBody,
    answers: { 202: v.strictObject({ status: v.literal("check_email") }) },
    handler: signUp,
  }),
  route({
    method: "POST",
    path: "/v1/auth/verify-email",
    access: "public",
    summary: "Confirm an address, new or changed, with the token from the mail, and sign in",
    body: VerifyEmailBody,
    answers: { 200: Tokens },
    problems: ["invalid_token"],
    handler: verifyEmail,
  }),
  route({
    method: "POST",
    path: "/v1/auth/sign-in",
    access: "public",
    summary: "Sign in with e-mail and password",
    body: SignInBody,
    answers: { 200: Tokens },
    problems: ["invalid_credentials", "email_unverified", "forbidden"],
    handler: signIn,
  }),
  route({
    method: "POST",
    path: "/v1/auth/refresh",
    access: "public",
    limit: "none",
    summary: "Exchange a refresh token for the next pair",
    body: RefreshBody,
    answers: { 200: Tokens },
    problems: ["invalid_refresh_token", "rate_limited"],
    handler: refresh,
  }),
  route({
    method: "POST",
    path: "/v1/auth/change-email",
    access: "user",
    credential: "session",
    summary: "Move your account to another address; a mail to it confirms the change",
    body: ChangeEmailBody,
    limit: "account",
    answers: { 202: v.strictObject({ status: v.literal("check_email") }) },
    problems: ["invalid_credentials"],
    handler: changeEmail,
  }),
  ...sessionRoutes,
  ...passwordRoutes,
  ...keyRoutes,
  ...adminRoutes,
];
