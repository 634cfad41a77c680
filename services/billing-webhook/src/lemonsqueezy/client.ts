import { err, ok, type Result } from "@luna/shared/rpc/result";
import * as v from "valibot";

import { createCall, type CallOptions, type Failed } from "./call.ts";
import type { Pace } from "./quota.ts";
import { Page, pageQuery, Single, type Collection, type Resource } from "./resource.ts";

export interface LemonSqueezyOptions extends CallOptions {
  storeId: string;
}

export interface NewCheckout {
  variantId: string;
  email: string;
  name: string;
  /** Comes back in every event of the purchase. */
  ref: string;
  /** Where the buyer goes after paying. */
  redirectUrl: string;
  /** Milliseconds since 1970. */
  expiresAt: number;
}

/** Links the provider signs for a subscription; they work for hours, so they are never kept. */
export interface SubscriptionLinks {
  /** Everything of the customer: all subscriptions, invoices and cards. */
  customerPortal: string | null;
  /** Only the card of this one subscription. */
  updatePaymentMethod: string | null;
}

const CheckoutAnswer = v.object({ data: v.object({ attributes: v.object({ url: v.string() }) }) });
const Link = v.optional(v.nullable(v.string()), null);
const LinksAnswer = v.object({
  data: v.object({
    attributes: v.object({
      urls: v.object({ customer_portal: Link, update_payment_method: Link }),
    }),
  }),
});

/** Numbers so far. Whatever else a person types must not become another path, as `..` would. */
const ID = /^[\w-]{1,64}$/;

/** The provider's REST API, as far as people and reconciling need it. https://docs.lemonsqueezy.com/api */
export const createLemonSqueezy = (options: LemonSqueezyOptions) => {
  const { storeId } = options;
  const call = createCall(options);

  return {
    /** The address of a checkout page for one purchase. */
    async createCheckout(checkout: NewCheckout): Promise<Result<string, Failed>> {
      const body = {
        data: {
          type: "checkouts",
          attributes: {
            checkout_data: {
              email: checkout.email,
              name: checkout.name,
              custom: { ref: checkout.ref },
            },
            product_options: {
              redirect_url: checkout.redirectUrl,
              enabled_variants: [Number(checkout.variantId)],
            },
            expires_at: new Date(checkout.expiresAt).toISOString(),
          },
          relationships: {
            store: { data: { type: "stores", id: storeId } },
            variant: { data: { type: "variants", id: checkout.variantId } },
          },
        },
      };
      const path = "/v1/checkouts";
      const result = await call({
        method: "POST",
        path,
        pace: "person",
        answer: CheckoutAnswer,
        body,
      });
      return result.ok ? ok(result.value.data.attributes.url) : result;
    },

    /** Fresh links of one subscription. */
    async subscriptionLinks(id: string): Promise<Result<SubscriptionLinks, Failed>> {
      if (!ID.test(id)) return err("not_found", "no id of the provider looks like this");
      const path = `/v1/subscriptions/${id}`;
      const result = await call({ method: "GET", path, pace: "person", answer: LinksAnswer });
      if (!result.ok) return result;
      const { customer_portal, update_payment_method } = result.value.data.attributes.urls;
      return ok({ customerPortal: customer_portal, updatePaymentMethod: update_payment_method });
    },

    /**
     * One object as it is now, in the form of a webhook's `data`. `rate_limited` when its turn has not
     * come: ask again later.
     */
    fetchObject: (
      kind: Collection | "customers",
      id: string,
      pace: Pace = "background",
    ): Promise<Result<Resource, Failed>> =>
      ID.test(id)
        ? call({ method: "GET", path: `/v1/${kind}/${id}`, pace, answer: Single })
        : Promise.resolve(err("not_found", "no id of the provider looks like this")),

    /** A page (from 1) of what this store sold, newest first; `filter` by the provider's names. */
    list: (
      collection: Collection,
      {
        page = 1,
        filter = {},
        pace = "background",
      }: { page?: number; filter?: Readonly<Record<string, string>>; pace?: Pace } = {},
    ): Promise<Result<Page, Failed>> =>
      call({
        method: "GET",
        path: `/v1/${collection}?${pageQuery({ store_id: storeId, ...filter }, page)}`,
        pace,
        answer: Page,
      }),
  };
};

export type LemonSqueezy = ReturnType<typeof createLemonSqueezy>;
