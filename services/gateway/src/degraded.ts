import { within } from "@luna/shared/deadline";
import { Failure } from "@luna/shared/http/problem";
import type { Role, Scope } from "@luna/shared/rpc/caller";

import { invalidToken, missingScope, type Shown } from "./read-credential.ts";
import type { MappedRoute } from "./route-map.generated.ts";
import type { Passage } from "./serve.ts";

/** Asked as soon as the Subject is slow, so a client waits less than twice this for both. */
const CONFIRM_MS = 250;

const unavailable = (): Failure =>
  new Failure("unavailable", "The limits of this account cannot be decided right now.", {
    headers: { "retry-after": "1" },
  });

/**
 * The Subject does not answer. Revocation still holds in every mode and availability gives: writes and
 * sensitive routes wait; a read is let in under a coarse limit once auth has confirmed its credential.
 */
export const confirmDegraded = async (
  shown: Shown,
  route: MappedRoute,
  { env }: Passage,
): Promise<Failure | { role: Role; scopes: Scope[] | null }> => {
  if (route.method !== "GET" || route.access === "admin") return unavailable();
  const { success } = await env.DEGRADED.limit({ key: shown.userId });
  if (!success) return unavailable();
  try {
    const confirmed = await within(
      CONFIRM_MS,
      env.AUTH.confirm(shown.presented, shown.userId),
      () => null,
    );
    if (confirmed === null) return unavailable();
    if (confirmed.ok) {
      const { scopes } = confirmed.value;
      return scopes === null || scopes.includes("read") ? confirmed.value : missingScope();
    }
    return confirmed.code === "revoked"
      ? invalidToken("This credential is no longer valid.")
      : unavailable();
  } catch {
    return unavailable();
  }
};
