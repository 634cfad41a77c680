import { randomUUID } from "node:crypto";

import type { KeyStatus, LicenseKey, Order } from "./records.ts";
import type { Shop } from "./shop.ts";

export const newKey = (shop: Shop, order: Order, now: number): LicenseKey => ({
  id: shop.state.nextId("licenseKeys"),
  orderId: order.id,
  customerId: order.customerId,
  key: randomUUID(),
  status: "inactive",
  instances: 0,
  createdAt: now,
  updatedAt: now,
});

/** The order's key with another status; making it active is using it on one more machine. */
export const changedKey = (key: LicenseKey, status: KeyStatus, now: number): LicenseKey => ({
  ...key,
  status,
  instances: status === "active" ? key.instances + 1 : key.instances,
  updatedAt: now,
});
