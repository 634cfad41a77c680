import { within } from "@luna/shared/deadline";
import { err, type Result } from "@luna/shared/rpc/result";
import type { Contact, UsersForBilling } from "@luna/shared/rpc/users";
import type { Trace } from "@luna/shared/trace";

/** A buyer waits meanwhile, and the provider's own answer is still to come. */
const DEADLINE_MS = 3_000;

type Asked = Result<Contact, "not_found" | "unavailable">;

const ask = async (users: UsersForBilling, userId: string, trace: Trace): Promise<Asked> => {
  try {
    return await users.contactOf(userId, trace);
  } catch {
    // A Worker that is down throws; to the buyer that is an outage, not a fault.
    return err("unavailable", "users is down");
  }
};

/** How to reach a user, or why that cannot be told now. Never throws, never hangs. */
export const askContact = (users: UsersForBilling, userId: string, trace: Trace): Promise<Asked> =>
  within<Asked>(DEADLINE_MS, ask(users, userId, trace), () =>
    err("unavailable", "users does not answer"),
  );
