import type { Arrival } from "@luna/shared/http/arrival";
import { problemAnswer } from "@luna/shared/http/problem";
import { unmatched } from "@luna/shared/http/router";
import type { Answered } from "@luna/shared/rpc/exchange";

import openapi from "../openapi.json";
import billing from "./pages/billing.html";
import checkoutReturn from "./pages/checkout-return.html";
import docs from "./pages/docs.html";
import forgotPassword from "./pages/forgot-password.html";
import { createPages } from "./pages/page.ts";
import head from "./pages/part-head.html";
import moon from "./pages/part-moon.html";
import tokens from "./pages/part-tokens.html";
import resetPassword from "./pages/reset-password.html";
import signIn from "./pages/sign-in.html";
import verifyEmail from "./pages/verify-email.html";

/** The same for everybody until the next deploy, so browsers may keep it for a minute. */
const DOCUMENT_CACHE = "public, max-age=60";
const page = createPages({ head, moon, tokens });
const openapiText = JSON.stringify(openapi);

const documents: Readonly<Record<string, () => Answered | Promise<Answered>>> = {
  "/": () => ({ status: 302, headers: { location: "/docs" }, body: null }),
  "/docs": () => page(docs),
  "/openapi.json": () => ({
    status: 200,
    headers: {
      "content-type": "application/json; charset=utf-8",
      "cache-control": DOCUMENT_CACHE,
    },
    body: openapiText,
  }),
  // Where mail links and the checkout land while the operator has no app of their own.
  "/billing": () => page(billing),
  "/billing/claim": () => page(billing),
  "/checkout/return": () => page(checkoutReturn),
  "/forgot-password": () => page(forgotPassword),
  "/reset-password": () => page(resetPassword),
  "/sign-in": () => page(signIn),
  "/verify-email": () => page(verifyEmail),
};

/** Routes are found with a slash at their end too. */
const named = (pathname: string): string => pathname.replace(/(?<=.)\/$/, "");

/** A page or document of the gateway itself, or `null`. They can only be read. */
export const documentAt = (
  { method, path }: Arrival,
  requestId: string,
): Answered | Promise<Answered> | null => {
  const pathname = named(path);
  const document = Object.hasOwn(documents, pathname) ? documents[pathname] : undefined;
  if (document === undefined) return null;
  return method === "GET" ? document() : problemAnswer(unmatched(["GET"]), requestId);
};
