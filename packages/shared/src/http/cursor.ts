import * as v from "valibot";

import { fromBase64Url, toBase64Url, utf8 } from "../bytes.ts";

/** API.md: `?limit=1..100&cursor=`. 20 rows fill a screen. */
const DEFAULT_LIMIT = 20;

/** The text that `page` encoded, or `null` for bytes that it never made. */
const decodeKey = (cursor: string): string | null => {
  const bytes = fromBase64Url(cursor);
  try {
    return bytes && new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
};

const Cursor = v.pipe(
  v.string(),
  v.maxLength(200),
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    const key = decodeKey(dataset.value);
    if (key !== null) return key;
    addIssue({ message: "is not a cursor of ours" });
    return NEVER;
  }),
);

/** The query of every list; `cursor` arrives as the last row's key. */
export const PageQuery = v.strictObject({
  limit: v.optional(
    v.pipe(v.string(), v.regex(/^\d{1,3}$/), v.transform(Number), v.minValue(1), v.maxValue(100)),
    String(DEFAULT_LIMIT),
  ),
  cursor: v.optional(Cursor),
});

export const pageOf = <const S extends v.GenericSchema>(item: S) =>
  v.strictObject({ items: v.array(item), nextCursor: v.nullable(v.string()) });

/** `rows` was read with `limit + 1`: the extra row only tells that there is another page. */
export const page = <T>(
  rows: readonly T[],
  limit: number,
  key: (row: T) => string,
): { items: T[]; nextCursor: string | null } => {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  const more = rows.length > limit && last !== undefined;
  return { items, nextCursor: more ? toBase64Url(utf8(key(last))) : null };
};
