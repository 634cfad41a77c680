import type { Arrival } from "@luna/shared/http/arrival";
import type { Client } from "@luna/shared/rpc/caller";

import type { Config } from "./env.ts";

/** Durable Object location hints by continent: https://developers.cloudflare.com/durable-objects/reference/data-location/ */
const REGIONS: Readonly<Record<string, string>> = {
  AF: "afr",
  AS: "apac",
  EU: "weur",
  NA: "enam",
  OC: "oc",
  SA: "sam",
};

const LANGUAGE = /^\s*([a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)\s*(?:;|,|$)/;

const regionOf = (continent: unknown): string | null =>
  typeof continent === "string" ? (REGIONS[continent] ?? null) : null;

/** On a laptop the runtime keeps the address that a client claims, so no claim is believed there. */
const LOCAL_ADDRESS = "127.0.0.1";

/** Everything the edge knows of the other end. Only Cloudflare can set `cf` and CF-Connecting-IP. */
export const clientOf = (
  { request, headers }: Arrival,
  config: Pick<Config, "ENVIRONMENT"> | null,
): Client => ({
  address:
    config?.ENVIRONMENT === "local" ? LOCAL_ADDRESS : (headers.get("cf-connecting-ip") ?? ""),
  region: regionOf(request?.cf?.["continent"]),
  userAgent: (headers.get("user-agent") ?? "").slice(0, 300),
  language: LANGUAGE.exec(headers.get("accept-language") ?? "")?.[1] ?? "en",
});
