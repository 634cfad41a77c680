export type SqlValue = string | number | boolean | null;

/** One statement: text with `?` placeholders and the values that fill them. */
export interface Sql {
  text: string;
  params: readonly SqlValue[];
}

/** Only what the tag made is spliced in: a parsed object that happens to have a `text` is not. */
const made = new WeakSet<object>();

export const isSql = (value: unknown): value is Sql =>
  typeof value === "object" && value !== null && made.has(value);

/**
 * Builds a statement from a template. Values become placeholders, never text; a nested `sql`
 * becomes part of the statement.
 */
export const sql = (strings: TemplateStringsArray, ...values: readonly (SqlValue | Sql)[]): Sql => {
  let text = strings[0] ?? "";
  const params: SqlValue[] = [];
  values.forEach((value, index) => {
    if (isSql(value)) {
      text += value.text;
      params.push(...value.params);
    } else {
      text += "?";
      params.push(value);
    }
    text += strings[index + 1] ?? "";
  });
  const statement = { text, params };
  made.add(statement);
  return statement;
};
