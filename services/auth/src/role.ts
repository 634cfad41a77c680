import type { Role } from "@luna/shared/rpc/caller";

import { emailKey } from "./email-address.ts";

/** Administrators are made by an administrator, or by the operator's ADMIN_EMAILS. */
export const roleOf = (
  account: { role: Role; emailKey: string },
  adminEmails: readonly string[],
): Role => (adminEmails.map(emailKey).includes(account.emailKey) ? "admin" : account.role);
