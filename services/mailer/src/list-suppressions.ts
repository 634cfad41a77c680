import { page } from "@luna/shared/http/cursor";
import { reply, type Reply } from "@luna/shared/http/reply";

import { parseAddress } from "./address.ts";
import type { MailerContext } from "./context.ts";
import { keyOf } from "./suppression-store.ts";

interface Input {
  query: { limit: number; cursor?: string | undefined; address?: string | undefined };
}

/** As the list spells it; what is no address is on no list. */
export const listed = (address: string): string => (parseAddress(address) ?? address).toLowerCase();

export const listSuppressions = async (
  { query: { limit, cursor, address } }: Input,
  { suppressions, now }: MailerContext,
): Promise<Reply> => {
  const only = address === undefined ? null : listed(address);
  return reply(
    200,
    page(await suppressions.list(only, limit + 1, cursor ?? null, now), limit, keyOf),
  );
};
