const marked: unique symbol = Symbol("html");

/** Markup that only `html` can make, so no string becomes markup by accident. */
export interface Html {
  readonly [marked]: true;
  readonly markup: string;
}

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};
const escape = (text: string): string =>
  text.replaceAll(/[&<>"']/g, (character) => ESCAPES[character] ?? "");

const markupOf = (value: string | Html | readonly Html[]): string => {
  if (typeof value === "string") return escape(value);
  return "markup" in value ? value.markup : value.map(({ markup }) => markup).join("");
};

/** Text interpolated here is escaped, for element content and for quoted attributes alike. */
export const html = (
  strings: TemplateStringsArray,
  ...values: readonly (string | Html | readonly Html[])[]
): Html => ({
  [marked]: true,
  markup: strings.reduce((page, part, index) => {
    const value = values[index - 1];
    return page + (value === undefined ? "" : markupOf(value)) + part;
  }),
});
