import type { TemplateName } from "@luna/shared/rpc/mailer";

import type { AmbiguousPolicy } from "./settle.ts";

/**
 * A second copy of any of these does no harm, so an unknown outcome is sent again. A mail that must
 * not come twice says `hold` and waits for an operator.
 */
export const ON_AMBIGUOUS: Readonly<Record<TemplateName, AmbiguousPolicy>> = {
  verify: "resend",
  account_exists: "resend",
  reset: "resend",
  receipt: "resend",
};
