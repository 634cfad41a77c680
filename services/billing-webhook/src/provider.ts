import type { Envelope } from "./envelope.ts";
import type { Event, NotTold, ToldKind } from "./told.ts";

/**
 * What the inbox needs of a payment provider: whose bytes these are, where to file them and what they
 * mean in our words. Everything behind it (order guard, owners, effects, tables) knows only `Told`.
 * A second provider is a folder like `lemonsqueezy/`, a webhook route of its own, and a column that
 * keeps its ids apart; its API for checkout and portal is the client's business, not the inbox's.
 */
export interface Provider {
  /** What the provider calls each kind of object: the `object_type` of its rows in the inbox. */
  objectTypes: Readonly<Record<ToldKind, string>>;
  /** Whether the headers hold a signature of exactly these bytes under one of the secrets. */
  isSigned: (
    body: Uint8Array<ArrayBuffer>,
    headers: Pick<Headers, "get">,
    secrets: readonly string[],
  ) => Promise<boolean>;
  /** What the headers call the event; nobody signed that. `null` if they are silent. */
  eventNameOf: (headers: Pick<Headers, "get">) => string | null;
  /** Enough to file rightly signed bytes; `null` when they hold no event at all. Never throws. */
  readEnvelope: (body: Uint8Array) => Envelope | null;
  /** The meaning of a filed delivery. Never throws. */
  readEvent: (body: Uint8Array) => Event | NotTold;
  /**
   * An object that the API answered with, as a delivery that can be filed beside the others. The API
   * tells no reference, so one that came with the same purchase may be given.
   */
  wrapObject: (object: unknown, ref?: string | null) => Uint8Array<ArrayBuffer>;
}
