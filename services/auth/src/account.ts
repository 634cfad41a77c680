import type { Role } from "@luna/shared/rpc/caller";
import * as v from "valibot";

export const STATUSES = ["active", "suspended"] as const;
export type Status = (typeof STATUSES)[number];

export interface Account {
  id: string;
  email: string;
  emailKey: string;
  role: Role;
  status: Status;
  /** Tokens and sessions of another generation are refused. */
  generation: number;
  /** The role others were last told; `null` before that. */
  toldRole: Role | null;
  createdAt: number;
  updatedAt: number;
}

/** An account as an administrator sees it. */
export const AccountView = v.strictObject({
  id: v.string(),
  email: v.string(),
  role: v.picklist(["user", "admin"]),
  status: v.picklist(STATUSES),
  createdAt: v.string(),
  updatedAt: v.string(),
});

/** `role` as `roleOf` decides it. */
export const accountView = (account: Account, role: Role): v.InferOutput<typeof AccountView> => ({
  id: account.id,
  email: account.email,
  role,
  status: account.status,
  createdAt: new Date(account.createdAt).toISOString(),
  updatedAt: new Date(account.updatedAt).toISOString(),
});
