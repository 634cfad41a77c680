/** A small seeded generator (mulberry32), so that every run meets the same secrets. */
export const seeded = (seed: number) => {
  let state = seed;
  return (below: number): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
};

const URL_SAFE = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** Random characters that begin with a letter, as a word boundary before a secret wants. */
export const random = (next: (below: number) => number, length: number): string =>
  `Q${Array.from({ length: length - 1 }, () => URL_SAFE[next(64)]).join("")}`;

/** Every form in which our own secrets, and those of our providers, travel. */
export const SHAPES: Readonly<Record<string, (body: string) => string>> = {
  "an access token": (body) => `eyJhbGciOiJFUzI1NiJ9.eyJ${body}.${body}`,
  "a refresh token": (body) => `luna_refresh_${body}.7.k1.${body}`,
  "an API key": (body) => `luna_live_${body}`,
  "a bearer header": (body) => `Bearer ${body}`,
  "a basic header": (body) => `basic ${body}==`,
  "a mail link": (body) => `https://app.test/verify?lang=en&token=${body}`,
  "a link with a fragment": (body) => `https://app.test/reset#token=${body}`,
  "a signed link": (body) => `https://lemon.test/portal?expires=1&signature=${body}`,
  "a SendGrid key": (body) => `SG.${body}.${body}`,
};

/** Field names whose value is secret whatever it looks like. */
export const NAMES = [
  "password",
  "newPassword",
  "PASSWORD",
  "passwd",
  "accessToken",
  "refresh_token",
  "authorization",
  "Authorization",
  "cookie",
  "Set-Cookie",
  "x-api-key",
  "apiKey",
  "key",
  "keys",
  "clientSecret",
  "LEMONSQUEEZY_WEBHOOK_SECRET",
  "x-signature",
  "credential",
  "privateKey",
  "PASSWORD_PEPPERS",
  "sealed",
  "email",
  "mail",
  "to",
];
