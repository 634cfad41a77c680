import { err, ok, type Result } from "@luna/shared/rpc/result";
import * as v from "valibot";

/** A person waits for a checkout or portal link; the provider usually answers within a second. */
const TIMEOUT_MS = 8_000;

const JSON_API = "application/vnd.api+json";

/** How a call can fail: it did not come through, or the provider said no and will again. */
type Failed = "unavailable" | "not_found" | "refused";

export interface LemonSqueezyOptions {
  /** Without a trailing slash; `https://api.lemonsqueezy.com` in production. */
  baseUrl: string;
  apiKey: string;
  storeId: string;
  fetch?: typeof fetch;
  timeoutMs?: number;
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
const SubscriptionAnswer = v.object({
  data: v.object({
    attributes: v.object({
      urls: v.object({ customer_portal: Link, update_payment_method: Link }),
    }),
  }),
});

/** The provider's REST API, as far as people need it. https://docs.lemonsqueezy.com/api */
export const createLemonSqueezy = ({
  baseUrl,
  apiKey,
  storeId,
  fetch: send = fetch,
  timeoutMs = TIMEOUT_MS,
}: LemonSqueezyOptions) => {
  const call = async <const S extends v.GenericSchema>(
    method: "GET" | "POST",
    path: string,
    answer: S,
    body?: unknown,
  ): Promise<Result<v.InferOutput<S>, Failed>> => {
    try {
      const response = await send(`${baseUrl}${path}`, {
        method,
        headers: {
          accept: JSON_API,
          authorization: `Bearer ${apiKey}`,
          ...(body === undefined ? {} : { "content-type": JSON_API }),
        },
        body: body === undefined ? null : JSON.stringify(body),
        redirect: "manual",
        signal: AbortSignal.timeout(timeoutMs),
      });
      if (!response.ok) {
        // Its errors may quote what we sent, an address among it: only the status is told.
        await response.body?.cancel();
        const detail = `${method} answered ${response.status}`;
        if (response.status === 404) return err("not_found", detail);
        const lasting = response.status === 400 || response.status === 422;
        return err(lasting ? "refused" : "unavailable", detail);
      }
      const parsed = v.safeParse(answer, await response.json());
      return parsed.success
        ? ok(parsed.output)
        : err("unavailable", `${method} answered in an unknown shape`);
    } catch (error) {
      return err("unavailable", error instanceof Error ? error.name : "unreachable");
    }
  };

  return {
    /** The address of a checkout page for one purchase. */
    async createCheckout(checkout: NewCheckout): Promise<Result<string, Failed>> {
      const result = await call("POST", "/v1/checkouts", CheckoutAnswer, {
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
      });
      return result.ok ? ok(result.value.data.attributes.url) : result;
    },

    /** Fresh links of one subscription. */
    async subscriptionLinks(id: string): Promise<Result<SubscriptionLinks, Failed>> {
      const path = `/v1/subscriptions/${encodeURIComponent(id)}`;
      const result = await call("GET", path, SubscriptionAnswer);
      if (!result.ok) return result;
      const { customer_portal, update_payment_method } = result.value.data.attributes.urls;
      return ok({ customerPortal: customer_portal, updatePaymentMethod: update_payment_method });
    },
  };
};

export type LemonSqueezy = ReturnType<typeof createLemonSqueezy>;
