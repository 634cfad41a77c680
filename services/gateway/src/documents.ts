import { pathOf } from "@luna/shared/http/match";
import { problemResponse } from "@luna/shared/http/problem";
import { unmatched } from "@luna/shared/http/router";

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

const documents: Readonly<Record<string, () => Response | Promise<Response>>> = {
  "/": () => new Response(null, { status: 302, headers: { location: "/docs" } }),
  "/docs": () => page(docs),
  "/openapi.json": () =>
    new Response(openapiText, {
      headers: {
        "content-type": "application/json; charset=utf-8",
        "cache-control": DOCUMENT_CACHE,
      },
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
  { method, url }: Pick<Request, "method" | "url">,
  requestId: string,
): Response | Promise<Response> | null => {
  const pathname = named(pathOf(url));
  const document = Object.hasOwn(documents, pathname) ? documents[pathname] : undefined;
  if (document === undefined) return null;
  return method === "GET" ? document() : problemResponse(unmatched(["GET"]), requestId);
};
