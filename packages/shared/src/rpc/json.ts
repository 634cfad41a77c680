declare const meaning: unique symbol;

/**
 * A value as the text of its JSON. Across a binding one string is cheaper than an object, whose every
 * member is serialised by itself and which arrives as something to be disposed of.
 */
export type Json<T> = string & { readonly [meaning]?: T };

export const toJson = <T>(value: T): Json<T> => JSON.stringify(value);

/** Trusts what the other side of a binding of ours wrote: text that is no JSON throws. */
export const fromJson = <T>(text: Json<T>): T => JSON.parse(text) as T;
