import { generateKeyPairSync, randomBytes } from "node:crypto";

/** What a secret is for, and how `luna dev` makes one that is good on one laptop only. */
export interface SecretKind {
  what: string;
  make: () => string;
}

const KEY_BYTES = 32;
/** LemonSqueezy accepts signing secrets of 6–40 characters. */
const WEBHOOK_SECRET_BYTES = 20;

const kid = (): string => `k${randomBytes(4).toString("hex")}`;

const keySet = (): string => {
  const current = kid();
  return JSON.stringify({
    current,
    keys: { [current]: randomBytes(KEY_BYTES).toString("base64url") },
  });
};

const signingKeys = (): string => {
  const current = kid();
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return JSON.stringify({ current, keys: { [current]: privateKey.export({ format: "jwk" }) } });
};

const publicKey = (): string =>
  generateKeyPairSync("ec", { namedCurve: "P-256" })
    .publicKey.export({ format: "der", type: "spki" })
    .toString("base64");

const randomText = (): string => randomBytes(KEY_BYTES).toString("base64url");

/** Every secret a service may declare in `secrets.required`. */
export const SECRETS: Record<string, SecretKind> = {
  TOKEN_KEYS: { what: "ES256 key set that signs access tokens", make: signingKeys },
  PASSWORD_PEPPERS: { what: "key set mixed into password hashes", make: keySet },
  KEY_TAG_KEYS: { what: "key set that tags API keys, shared by auth and gateway", make: keySet },
  REFRESH_KEYS: { what: "key set refresh tokens are derived from", make: keySet },
  MAIL_SEAL_KEYS: { what: "key set that seals mail variables, shared with mailer", make: keySet },
  CHECKOUT_REF_KEY: { what: "key set that signs checkout references", make: keySet },
  LEMONSQUEEZY_API_KEY: { what: "API key from LemonSqueezy, Settings → API", make: randomText },
  LEMONSQUEEZY_WEBHOOK_SECRET: {
    what: "signing secret of the LemonSqueezy webhook (6–40 characters)",
    make: () => randomBytes(WEBHOOK_SECRET_BYTES).toString("hex"),
  },
  SENDGRID_API_KEY: { what: "SendGrid key with the Mail Send permission", make: randomText },
  SENDGRID_WEBHOOK_PUBLIC_KEY: {
    what: "verification key of SendGrid's signed event webhook (base64 SPKI)",
    make: publicKey,
  },
};
