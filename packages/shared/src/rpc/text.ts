declare const meaning: unique symbol;

/** A text that crosses a binding in place of a `T`, which only its own pair of functions writes and reads. */
export type Text<T> = string & { readonly [meaning]?: T };
