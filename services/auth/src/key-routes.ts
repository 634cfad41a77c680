import { pageOf, PageQuery } from "@luna/shared/http/cursor";
import { routesOf } from "@luna/shared/http/route";

import { KeyView, NewKeyView } from "./api-key.ts";
import { IdParams, type AuthContext } from "./context.ts";
import { createKey, CreateKeyBody } from "./create-key.ts";
import { deleteKey, listKeys } from "./keys.ts";
import { rotateKey, RotateKeyBody } from "./rotate-key.ts";

const route = routesOf<AuthContext>();

/** API keys. A key manages no keys: whoever has stolen one must not be able to keep it. */
export const keyRoutes = [
  route({
    method: "POST",
    path: "/v1/api-keys",
    access: "user",
    credential: "session",
    summary: "Make an API key; it is shown this once",
    body: CreateKeyBody,
    limit: "create",
    answers: { 201: NewKeyView },
    problems: ["conflict"],
    handler: createKey,
  }),
  route({
    method: "GET",
    path: "/v1/api-keys",
    access: "user",
    credential: "session",
    summary: "Your API keys, newest first",
    query: PageQuery,
    answers: { 200: pageOf(KeyView) },
    handler: listKeys,
  }),
  route({
    method: "DELETE",
    path: "/v1/api-keys/:id",
    access: "user",
    credential: "session",
    summary: "End an API key for ever",
    params: IdParams,
    answers: { 204: null },
    handler: deleteKey,
  }),
  route({
    method: "POST",
    path: "/v1/api-keys/:id/rotate",
    access: "user",
    credential: "session",
    summary: "Replace an API key; the old one stays valid for the overlap",
    params: IdParams,
    body: RotateKeyBody,
    limit: "create",
    answers: { 201: NewKeyView },
    problems: ["conflict"],
    handler: rotateKey,
  }),
];
