import * as v from "valibot";

/*
 * The parts of the provider's JSON, as loosely as its real traffic demands: ids come as numbers or
 * text, money as integers, text or floats, flags as `false` or `0`.
 */

/** Half a character cannot be stored: the row would differ for ever from what was told. */
export const Text = v.pipe(
  v.string(),
  v.transform((text) => text.toWellFormed()),
);

export const Id = v.pipe(
  v.union([v.pipe(Text, v.minLength(1)), v.pipe(v.number(), v.integer())]),
  v.transform(String),
);

/** `true`, `1` and `"1"` are all yes. */
export const Flag = v.pipe(
  v.union([v.boolean(), v.picklist([0, 1]), v.picklist(["0", "1", "false", "true"])]),
  v.transform((flag) => flag === true || flag === 1 || flag === "1" || flag === "true"),
);

/** A whole number of things, such as seats; tolerates `3.0` and `"3"`, which mean the same. */
export const Count = v.pipe(
  v.union([v.number(), v.pipe(v.string(), v.regex(/^\d{1,15}$/), v.transform(Number))]),
  v.safeInteger(),
);

/** RFC 3339 → milliseconds since 1970. */
export const Time = v.pipe(
  v.string(),
  v.transform((text) => Date.parse(text)),
  v.finite("is not a time"),
);
/** Missing and `null` are the same. */
export const orNull = <const S extends v.GenericSchema>(schema: S) =>
  v.optional(v.nullable(schema), null);

/** `999`, `"999"` and `998.8384000000001` are all cents. */
export const Money = v.pipe(
  v.union([v.number(), v.pipe(v.string(), v.regex(/^-?\d+(\.\d+)?$/), v.transform(Number))]),
  v.finite(),
  v.transform(Math.round),
  // The database keeps whole numbers only, and a sum beyond these was never charged.
  v.safeInteger(),
);

/** The status of an order or an invoice; a partial refund is documented with and without the ending. */
export const PaymentStatus = <const S extends readonly string[]>(statuses: S) =>
  v.pipe(
    v.string(),
    v.transform((status) => (status === "partial_refunded" ? "partial_refund" : status)),
    v.picklist(statuses),
  );

export const Currency = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z]{3}$/),
  v.transform((code) => code.toUpperCase()),
);

/** The links of an object; each is signed with the time at which it stops working. */
export const Links = v.fallback(
  v.optional(v.nullable(v.record(v.string(), v.nullable(v.string()))), null),
  // The clock reads them and nothing else, so a payload is not worth less for a link we cannot read.
  null,
);

/**
 * When the links of a payload expire, in ms; 0 without a signed link. The provider signs them with
 * the time it made the payload plus a constant, so this orders payloads of the same second. Different
 * links have had different constants, hence one is read and the others only where it is missing.
 */
export const linksExpireAt = (
  links: v.InferOutput<typeof Links>,
  names: readonly string[],
): number => {
  for (const name of names) {
    const expires = URL.parse(links?.[name] ?? "")?.searchParams.get("expires") ?? "";
    if (/^\d{1,12}$/.test(expires)) return Number(expires) * 1_000;
  }
  return 0;
};
