import type { Call, Reply } from "../http-server.ts";
import { apiFailure, apiReply } from "./api-reply.ts";
import { attributesOf } from "./api-body.ts";
import type { Customer } from "./records.ts";
import { representCustomer } from "./represent-store.ts";
import { record, type Shop } from "./shop.ts";

const ADDRESS = /^[^\s@]+@[^\s@]+$/;

const textOr = (value: unknown, otherwise: string): string =>
  typeof value === "string" && value !== "" ? value : otherwise;

/** `PATCH /v1/customers/:id` with `name` or `email`. The event it sends is documented nowhere. */
export const updateCustomer = async (shop: Shop, row: Customer, { body }: Call): Promise<Reply> => {
  const { name, email } = attributesOf(body);
  if (email !== undefined && !(typeof email === "string" && ADDRESS.test(email))) {
    return apiFailure(422, "The email must be a valid address.", "/data/attributes/email");
  }
  const now = shop.clock();
  const changed: Customer = {
    ...row,
    name: textOr(name, row.name),
    email: textOr(email, row.email),
    updatedAt: Math.max(now, row.updatedAt),
  };
  const data = representCustomer(shop.store, changed, now);
  await record(
    shop,
    [{ table: "customers", row: changed }],
    [{ name: "customer_updated", data, custom: {}, orderId: 0 }],
  );
  return apiReply(200, { data });
};
