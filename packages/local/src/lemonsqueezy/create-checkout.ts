import { randomUUID } from "node:crypto";

import type { Call, Reply } from "../http-server.ts";
import { parseObject } from "../fault.ts";
import { apiFailure, apiReply } from "./api-reply.ts";
import { findVariant } from "./catalog.ts";
import type { Checkout } from "./records.ts";
import { representCheckout } from "./represent-store.ts";
import type { Shop } from "./shop.ts";

/** A field by its path, or `undefined` where the path leaves the objects. */
const at = (value: unknown, ...path: string[]): unknown =>
  path.reduce<unknown>(
    (inner, name) =>
      typeof inner === "object" && inner !== null
        ? (inner as Record<string, unknown>)[name]
        : undefined,
    value,
  );

const textAt = (value: unknown, ...path: string[]): string => {
  const found = at(value, ...path);
  return typeof found === "string" || typeof found === "number" ? String(found) : "";
};

/** Webhooks bring every custom value back as text, whatever it was. */
const customOf = (data: unknown): Record<string, string> => {
  const custom = at(data, "attributes", "checkout_data", "custom");
  if (typeof custom !== "object" || custom === null) return {};
  return Object.fromEntries(Object.entries(custom).map(([name, value]) => [name, String(value)]));
};

const isWebAddress = (text: string): boolean => /^https?:\/\//.test(text) && URL.canParse(text);

/** `POST /v1/checkouts`. */
export const createCheckout = async (shop: Shop, { body }: Call): Promise<Reply> => {
  const input = parseObject(body.toString());
  if (input === null) return apiFailure(400, "The body must be a JSON object.");
  const data = input["data"];
  if (textAt(data, "type") !== "checkouts") {
    return apiFailure(422, "The type must be checkouts.", "/data/type");
  }
  if (textAt(data, "relationships", "store", "data", "id") !== String(shop.store.id)) {
    return apiFailure(422, "The store does not exist.", "/data/relationships/store");
  }
  const variant = findVariant(textAt(data, "relationships", "variant", "data", "id"));
  if (variant === undefined) {
    return apiFailure(422, "The variant does not exist.", "/data/relationships/variant");
  }
  const redirectUrl = textAt(data, "attributes", "product_options", "redirect_url");
  if (redirectUrl !== "" && !isWebAddress(redirectUrl)) {
    const pointer = "/data/attributes/product_options/redirect_url";
    return apiFailure(422, "The redirect url must be a valid URL.", pointer);
  }
  const expires = textAt(data, "attributes", "expires_at");
  if (expires !== "" && Number.isNaN(Date.parse(expires))) {
    return apiFailure(422, "The expiry must be a date.", "/data/attributes/expires_at");
  }
  const row: Checkout = {
    id: randomUUID(),
    tier: variant.tier,
    email: textAt(data, "attributes", "checkout_data", "email"),
    name: textAt(data, "attributes", "checkout_data", "name"),
    custom: customOf(data),
    redirectUrl: redirectUrl === "" ? null : redirectUrl,
    expiresAt: expires === "" ? null : Date.parse(expires),
    createdAt: shop.clock(),
    orderId: null,
  };
  await shop.state.commit([{ table: "checkouts", row }]);
  return apiReply(201, { data: representCheckout(shop.store, row) });
};
