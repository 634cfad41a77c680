import type { RequestContext } from "@luna/shared/http/router";
import type { Tier } from "@luna/shared/plans";
import type { UserCaller } from "@luna/shared/rpc/caller";

import type { grantStore } from "./grant-store.ts";
import type { ownStore } from "./own-store.ts";

/** What every handler of users has at hand. */
export interface UsersContext extends RequestContext {
  /** The rows of one signed-in caller. */
  own: (caller: UserCaller) => ReturnType<typeof ownStore>;
  /** What administrators give; the user sees it on the next request. */
  grants: ReturnType<typeof grantStore>;
  /** Runs a write that changes what this user may use, and tells the user's Subject. */
  changePlan: (userId: string, write: () => Promise<void>) => Promise<void>;
  /** The object that counts what a caller uses. */
  subject: (caller: UserCaller) => {
    usage(): Promise<{ period: string; requests: number; tier: Tier }>;
  };
}

/** The route table has refused everyone else before a handler runs. */
export const signedIn = ({ caller }: UsersContext): UserCaller => {
  if (caller.kind !== "user") throw new Error("a route for users let somebody else in");
  return caller;
};
