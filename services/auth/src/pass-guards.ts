import { addressKey } from "@luna/shared/address-key";
import { sha256Hex } from "@luna/shared/bytes";
import { within } from "@luna/shared/deadline";
import { Failure } from "@luna/shared/http/problem";
import type { Denial } from "@luna/shared/rate-limiter/deny-cache";
import type { Policy } from "@luna/shared/rate-limiter/policy";
import { tooMany } from "@luna/shared/rate-limiter/too-many";
import type { Client } from "@luna/shared/rpc/caller";

import { emailKey } from "./email-address.ts";
import type { Attempt, Guard } from "./guards.ts";

/** What cannot be counted in this time is not let through (DESIGN §3). */
const DEADLINE_MS = 250;

export interface Throttles {
  getByName(name: string): { attempt(policies: Policy[]): Promise<Denial | null> };
}

/** Whose attempt it is: the typed address counts whether or not there is such an account. */
export const attemptOf = async (
  email: string,
  client: Client,
  scale: number,
): Promise<Attempt> => ({
  account: await sha256Hex(emailKey(email)),
  network: await sha256Hex(addressKey(client.address)),
  scale,
});

const uncounted = (): Failure =>
  new Failure("unavailable", "Attempts cannot be counted right now.", {
    headers: { "retry-after": "1" },
  });

/** Asks each guard in turn; the failure to answer with when one refuses or is silent. */
export const passGuards = async (
  throttles: Throttles,
  guards: readonly Guard[],
  now: number,
): Promise<Failure | null> => {
  for (const { object, policies } of guards) {
    let denial: Denial | null | "silent";
    try {
      const asked = throttles.getByName(object).attempt(policies);
      denial = await within<Denial | null | "silent">(DEADLINE_MS, asked, () => "silent");
    } catch {
      denial = "silent";
    }
    if (denial === "silent") return uncounted();
    if (denial !== null) return tooMany(denial, now);
  }
  return null;
};
