import { createHmac, timingSafeEqual } from "node:crypto";

/** Hex HMAC-SHA256 of the raw body under the webhook secret: the `X-Signature` header. */
export const sign = (secret: string, body: string): string =>
  createHmac("sha256", secret).update(body).digest("hex");

/** The 6 hours for which real signed portal links work (captures of 2025; the docs say 24). */
const LINK_LIFETIME_S = 6 * 60 * 60;

/** Adds `expires` (Unix seconds) and `signature` to a path; `now` in milliseconds. */
export const signLink = (secret: string, base: string, path: string, now: number): string => {
  const expires = Math.floor(now / 1_000) + LINK_LIFETIME_S;
  return `${base}${path}?expires=${expires}&signature=${sign(secret, `${path}?${expires}`)}`;
};

/** Whether a link made by `signLink` is genuine and has not expired. */
export const linkIsValid = (secret: string, url: URL, path: string, now: number): boolean => {
  const expires = url.searchParams.get("expires") ?? "";
  const wanted = Buffer.from(sign(secret, `${path}?${expires}`));
  const given = Buffer.from(url.searchParams.get("signature") ?? "");
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return false;
  return Number(expires) * 1_000 > now;
};
