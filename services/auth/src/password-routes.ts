import { routesOf } from "@luna/shared/http/route";
import * as v from "valibot";

import { changePassword, ChangePasswordBody } from "./change-password.ts";
import type { AuthContext } from "./context.ts";
import { forgotPassword, ForgotPasswordBody } from "./forgot-password.ts";
import { resetPassword, ResetPasswordBody } from "./reset-password.ts";

const route = routesOf<AuthContext>();

/** How a password becomes another one. */
export const passwordRoutes = [
  route({
    method: "POST",
    path: "/v1/auth/change-password",
    access: "user",
    credential: "session",
    summary: "Change your password; your other sessions end",
    body: ChangePasswordBody,
    limit: "account",
    answers: { 204: null },
    problems: ["invalid_credentials"],
    handler: changePassword,
  }),
  route({
    method: "POST",
    path: "/v1/auth/forgot-password",
    access: "public",
    summary: "Ask for a mail with a link that sets a new password",
    body: ForgotPasswordBody,
    answers: { 202: v.strictObject({ status: v.literal("check_email") }) },
    handler: forgotPassword,
  }),
  route({
    method: "POST",
    path: "/v1/auth/reset-password",
    access: "public",
    summary: "Set a new password with the token from the mail; all sessions end",
    body: ResetPasswordBody,
    answers: { 204: null },
    problems: ["invalid_token"],
    handler: resetPassword,
  }),
];
