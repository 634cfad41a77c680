/** A JSON:API resource: its id is a string here, while ids inside `attributes` are numbers. */
export interface Resource {
  type: string;
  id: string;
  attributes: Readonly<Record<string, unknown>>;
  relationships: Readonly<Record<string, { links: { related: string; self: string } }>>;
  links: { self: string };
}

/** What a representation needs to know about the store it is in. */
export interface Store {
  id: number;
  /** The emulator's own origin, for links. */
  origin: string;
  /** Signs portal links. */
  linkSecret: string;
}

export const resource = (
  store: Store,
  type: string,
  id: number | string,
  attributes: Readonly<Record<string, unknown>>,
  related: readonly string[],
): Resource => {
  const self = `${store.origin}/v1/${type}/${id}`;
  return {
    type,
    id: String(id),
    attributes,
    relationships: Object.fromEntries(
      related.map((name) => [
        name,
        { links: { related: `${self}/${name}`, self: `${self}/relationships/${name}` } },
      ]),
    ),
    links: { self },
  };
};

/** PHP's six fractional digits, of which LemonSqueezy fills none: second resolution. */
export const timestamp = (ms: number): string =>
  `${new Date(ms).toISOString().slice(0, 19)}.000000Z`;

export const optionalTimestamp = (ms: number | null): string | null =>
  ms === null ? null : timestamp(ms);

export const dollars = (cents: number): string => `$${(cents / 100).toFixed(2)}`;

/** `past_due` → `Past due`. */
export const formatted = (word: string): string =>
  (word.charAt(0).toUpperCase() + word.slice(1)).replaceAll("_", " ");
