import type { JwkSet } from "../token/keys.ts";
import type { Trace } from "../trace.ts";
import type { Role, Scope } from "./caller.ts";
import type { ServiceDoor } from "./door.ts";
import type { Result } from "./result.ts";
import type { Presented } from "./subject.ts";

/** auth, as the gateway sees it. */
export interface AuthForGateway extends ServiceDoor {
  /** The public halves of every signing key that is still trusted. */
  publicKeys(): Promise<JwkSet>;

  /**
   * Whether this session or key of this user is valid right now, as the database has it: for a
   * request whose Subject does not answer. `scopes` is `null` for a session.
   */
  confirm(
    presented: Presented,
    userId: string,
  ): Promise<Result<{ role: Role; scopes: Scope[] | null }, "revoked" | "unavailable">>;

  /**
   * Pushes the stored state of the account, and of one key unless `null`, to the user's Subject.
   * Tells whether they exist; an account that does not is told to nobody.
   */
  heal(
    userId: string,
    keyId: string | null,
    trace: Trace,
  ): Promise<Result<{ exists: boolean }, "unavailable">>;
}
