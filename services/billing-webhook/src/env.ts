import {
  Environment,
  jsonText,
  KeySetText,
  RateLimitScale,
  TextSecret,
  unscaledInProduction,
} from "@luna/shared/env";
import { LOCAL_VARIANTS, PAID_TIERS } from "@luna/shared/plans";
import type { MailerForServices } from "@luna/shared/rpc/mailer";
import type { UsersForBilling } from "@luna/shared/rpc/users";
import * as v from "valibot";

import type { ApiQuota } from "./api-quota.ts";
import type { EventBuffer } from "./event-buffer.ts";
import type { BillingReconciler } from "./reconciler.ts";
import type { BillingSweeper } from "./sweeper.ts";

/** The generated bindings, with the peers typed by their contracts. */
export interface Env extends Omit<
  BillingEnv,
  "USERS" | "MAILER" | "SWEEPER" | "RECONCILER" | "QUOTA" | "BUFFER"
> {
  USERS: UsersForBilling;
  MAILER: MailerForServices;
  SWEEPER: DurableObjectNamespace<BillingSweeper>;
  RECONCILER: DurableObjectNamespace<BillingReconciler>;
  QUOTA: DurableObjectNamespace<ApiQuota>;
  BUFFER: DurableObjectNamespace<EventBuffer>;
}

const Id = v.pipe(v.string(), v.regex(/^\d{1,20}$/, "must be a number"));

const Variants = v.pipe(
  v.strictObject({ starter: Id, pro: Id, enterprise: Id }),
  v.check((ids) => new Set(Object.values(ids)).size === 3, "names one variant twice"),
);
/** What the store calls each plan: tier → variant id. */
export type Variants = v.InferOutput<typeof Variants>;

/** A base without a trailing slash, so that paths can be appended. */
const BaseUrl = v.pipe(
  v.string(),
  v.regex(/^https?:\/\//, "must be an http(s) address"),
  v.url("must be an http(s) address"),
  v.transform((text) => text.replace(/\/+$/, "")),
);
const orEmpty = <const S extends v.GenericSchema>(schema: S) =>
  v.optional(v.union([v.literal(""), schema]), "");

/** Nobody's real store has the emulator's variants: whoever paid there would get no plan. */
const ownVariantsInProduction = <
  C extends { ENVIRONMENT: string; LEMONSQUEEZY_VARIANTS: Variants },
>() =>
  v.rawCheck<C>(({ dataset: { typed, value }, addIssue }) => {
    if (!typed || value.ENVIRONMENT !== "production") return;
    const key = "LEMONSQUEEZY_VARIANTS";
    if (PAID_TIERS.some((tier) => value[key][tier] !== LOCAL_VARIANTS[tier])) return;
    addIssue({
      message: "must name the variants of the store in production",
      path: [{ type: "object", origin: "value", input: { ...value }, key, value: value[key] }],
    });
  });

/** What billing-webhook cannot serve without. */
export const Config = v.pipe(
  v.object({
    ENVIRONMENT: Environment,
    API_URL: BaseUrl,
    APP_URL: orEmpty(BaseUrl),
    LEMONSQUEEZY_API_URL: BaseUrl,
    // A JWT of over a thousand characters, issued by the provider.
    LEMONSQUEEZY_API_KEY: v.pipe(v.string(), v.minLength(16, "must have at least 16 characters")),
    LEMONSQUEEZY_WEBHOOK_SECRET: TextSecret,
    LEMONSQUEEZY_WEBHOOK_SECRET_PREVIOUS: orEmpty(TextSecret),
    LEMONSQUEEZY_STORE_ID: Id,
    LEMONSQUEEZY_VARIANTS: v.pipe(
      v.optional(v.string(), ""),
      v.transform((text) => (text === "" ? JSON.stringify(LOCAL_VARIANTS) : text)),
      jsonText(Variants),
    ),
    CHECKOUT_REF_KEY: KeySetText,
    // The mailer's: a claim's link is a secret on its way to the buyer.
    MAIL_SEAL_KEYS: KeySetText,
    RATE_LIMIT_SCALE: RateLimitScale,
    DUNNING_MAILS: v.optional(v.picklist(["on", "off"]), "on"),
  }),
  unscaledInProduction(),
  ownVariantsInProduction(),
);
export type Config = v.InferOutput<typeof Config>;
