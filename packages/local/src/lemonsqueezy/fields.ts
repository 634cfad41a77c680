import { parseObject } from "../fault.ts";

/** What one field of a control request may be, and how to say so. */
export interface Field<T> {
  fits: (value: unknown) => value is T;
  words: string;
}

type Fields = Readonly<Record<string, Field<unknown>>>;
type Values<F extends Fields> = {
  [K in keyof F]?: F[K] extends Field<infer T> ? T : never;
};

const field = <T>(words: string, fits: (value: unknown) => boolean): Field<T> => ({
  fits: (value): value is T => fits(value),
  words,
});

export const numberFrom = (lowest: number, highest: number): Field<number> =>
  field(
    `a number from ${lowest} to ${highest}`,
    (value) => typeof value === "number" && value >= lowest && value <= highest,
  );

export const wholeFrom = (lowest: number, highest: number): Field<number> =>
  field(
    `a whole number from ${lowest} to ${highest}`,
    (value) => Number.isInteger(value) && Number(value) >= lowest && Number(value) <= highest,
  );

export const share: Field<number> = numberFrom(0, 1);

export const text: Field<string> = field("a text", (value) => typeof value === "string");

export const flag: Field<boolean> = field("true or false", (value) => typeof value === "boolean");

export const moment: Field<string> = field(
  "a time such as 2026-03-01T00:00:00Z",
  (value) => typeof value === "string" && !Number.isNaN(Date.parse(value)),
);

export const oneOf = <const T extends string>(words: readonly T[]): Field<T> =>
  field(`one of ${words.join(", ")}`, (value) => words.some((word) => word === value));

export const orNull = <T>({ fits, words }: Field<T>): Field<T | null> =>
  field(`${words}, or null`, (value) => value === null || fits(value));

export const listOf = <T>({ fits, words }: Field<T>, most: number): Field<readonly T[]> =>
  field(
    `a list of at most ${most}, each ${words}`,
    (value) => Array.isArray(value) && value.length <= most && value.every(fits),
  );

/** The fields a request body brings, each as it should be, or what is wrong. No body brings none. */
export const readFields = <F extends Fields>(
  body: Buffer,
  fields: F,
): { values: Values<F> } | { problem: string } => {
  const input = body.length === 0 ? {} : parseObject(body.toString());
  if (input === null) return { problem: "The body must be a JSON object." };
  for (const [name, value] of Object.entries(input)) {
    const known = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (known === undefined) {
      return { problem: `"${name}" is not one of ${Object.keys(fields).join(", ")}.` };
    }
    if (!known.fits(value)) return { problem: `"${name}" must be ${known.words}.` };
  }
  return { values: input as Values<F> };
};
