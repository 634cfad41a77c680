import { safeParse } from "valibot";

import type { CacheDefinition } from "./definition.ts";

/** Requests share what is kept, so that whoever changes an answer must fail, not change it for others. */
const freeze = (value: unknown): void => {
  if (typeof value !== "object" || value === null) return;
  Object.freeze(value);
  for (const part of Object.values(value)) freeze(part);
};

/** The text of a value, or `null` if JSON cannot say it. */
export const encode = (value: unknown): string | null => {
  try {
    return JSON.stringify(value) ?? null;
  } catch {
    return null;
  }
};

/** The value of a text, frozen, or `null` if it does not fit the definition. */
export const decode = <T>(
  { schema }: Pick<CacheDefinition<never, T>, "schema">,
  text: string,
): { value: T } | null => {
  try {
    const parsed = safeParse(schema, JSON.parse(text));
    if (!parsed.success) return null;
    freeze(parsed.output);
    return { value: parsed.output };
  } catch {
    return null;
  }
};
