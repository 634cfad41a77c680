import { temporaryFolder } from "../test-folder.ts";
import { startReceiver } from "./test-receiver.ts";
import { type LemonSqueezyOptions, startLemonSqueezy } from "./start.ts";

export const API_KEY = "test-api-key";
export const SECRET = "test-webhook-secret";
const HEADERS = { Authorization: `Bearer ${API_KEY}`, "Content-Type": "application/vnd.api+json" };

export interface CheckoutWish {
  email?: string;
  variant?: string;
  store?: string;
  redirectUrl?: string;
  expiresAt?: string;
}

const checkoutBody = (wish: CheckoutWish) => ({
  data: {
    type: "checkouts",
    attributes: {
      checkout_data: { email: wish.email ?? "ada@luna.test", custom: { ref: "a/b", seats: 3 } },
      product_options: { redirect_url: wish.redirectUrl },
      expires_at: wish.expiresAt,
    },
    relationships: {
      store: { data: { type: "stores", id: wish.store ?? "77" } },
      variant: { data: { type: "variants", id: wish.variant ?? "401002" } },
    },
  },
});

/** An emulator with its webhook receiver and a folder of its own, for tests. */
export const startTestEmulator = async (
  answer?: () => number,
  wish: Partial<LemonSqueezyOptions> = {},
) => {
  const folder = await temporaryFolder();
  const receiver = await startReceiver(answer);
  const options: LemonSqueezyOptions = {
    port: 0,
    file: folder.path("lemonsqueezy.jsonl"),
    webhookUrl: receiver.url,
    webhookSecret: SECRET,
    apiKey: API_KEY,
    storeId: "77",
    retryScaleMs: 4,
    ...wish,
  };
  let emulator = await startLemonSqueezy(options);
  const call = (path: string, init?: RequestInit): Promise<Response> =>
    fetch(`http://127.0.0.1:${emulator.port}${path}`, { redirect: "manual", ...init });
  const api = (path: string, init?: RequestInit) => call(path, { headers: HEADERS, ...init });
  const checkout = (wish: CheckoutWish = {}) =>
    api("/v1/checkouts", { method: "POST", body: JSON.stringify(checkoutBody(wish)) });
  return {
    options,
    receiver,
    call,
    api,
    checkout,
    /** The path of a new checkout's page. */
    checkoutPath: async (wish?: CheckoutWish): Promise<string> => {
      const made = (await (await checkout(wish)).json()) as {
        data: { attributes: { url: string } };
      };
      return new URL(made.data.attributes.url).pathname;
    },
    post: (path: string, body: unknown = {}) =>
      call(path, { method: "POST", body: JSON.stringify(body) }),
    /** Buys a plan; the answer of the control API. */
    buy: async (wish?: CheckoutWish): Promise<Record<string, string>> => {
      await checkout(wish);
      const paid = await call("/emulator/pay", { method: "POST" });
      return (await paid.json()) as Record<string, string>;
    },
    restart: async () => {
      await emulator.close();
      emulator = await startLemonSqueezy(options);
    },
    stop: async () => {
      await emulator.close();
      await receiver.close();
      await folder.remove();
    },
  };
};

export type TestEmulator = Awaited<ReturnType<typeof startTestEmulator>>;
