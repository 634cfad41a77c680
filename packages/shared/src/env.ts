import * as v from "valibot";

import { KeySet } from "./key-set.ts";

/** A variable that keeps the Worker from serving, by name and never by value. */
export interface Misconfiguration {
  variable: string;
  problem: string;
}

export type Checked<T> =
  | { ok: true; value: T }
  | { ok: false; problems: readonly Misconfiguration[] };

/** Secrets people paste from tutorials pass any length test, so they are refused by content. */
const WEAK =
  /^(?:(?:secret|password|changeme|change-me|example|test|admin|default|demo)[-_ 0-9]*)+$/i;
const distinctCharacters = (text: string): number => new Set(text).size;

/** A shared secret given as text, such as a provider's signing secret. 16–512 characters. */
export const TextSecret = v.pipe(
  v.string(),
  v.minLength(16, "must have at least 16 characters"),
  v.maxLength(512, "must have at most 512 characters"),
  v.check((text) => !WEAK.test(text) && distinctCharacters(text) >= 8, "is easy to guess"),
);

/** Text holding JSON of a known shape; the parse error never quotes the text. */
export const jsonText = <const S extends v.GenericSchema>(schema: S) =>
  v.pipe(
    v.string(),
    v.rawTransform(({ dataset, addIssue, NEVER }) => {
      try {
        return JSON.parse(dataset.value) as unknown;
      } catch {
        addIssue({ message: "is not JSON" });
        return NEVER;
      }
    }),
    schema,
  );

export const KeySetText = jsonText(KeySet);

/** A comma-separated list; blanks around and between the items are dropped. */
export const List = v.pipe(
  v.string(),
  v.transform((text) =>
    text
      .split(",")
      .map((item) => item.trim())
      .filter((item) => item !== ""),
  ),
);

export const Environment = v.picklist(["local", "staging", "production"]);

/** Multiplies every limit, for a laptop or a test. */
export const RateLimitScale = v.pipe(
  v.optional(v.string(), "1"),
  v.regex(/^\d+(?:\.\d+)?$/, "must be a positive number"),
  v.transform(Number),
  v.gtValue(0, "must be a positive number"),
);

/** A rule between variables, for the pipe of a schema that has both: production keeps what it sold. */
export const unscaledInProduction = <
  Config extends { ENVIRONMENT: string; RATE_LIMIT_SCALE: number },
>() =>
  v.rawCheck<Config>(({ dataset: { typed, value }, addIssue }) => {
    if (!typed || value.ENVIRONMENT !== "production" || value.RATE_LIMIT_SCALE === 1) return;
    const key = "RATE_LIMIT_SCALE";
    addIssue({
      message: "must be 1 in production",
      path: [{ type: "object", origin: "value", input: { ...value }, key, value: value[key] }],
    });
  });

/** Keyed by the env object itself: it lives exactly as long as the isolate does. */
const verdicts = new WeakMap<object, Checked<unknown>>();

/**
 * Turns the unchecked strings of `env` into typed configuration, once per isolate.
 * `schema` lists the variables and secrets the service cannot serve without.
 */
export const checkEnv = <Config>(
  env: object,
  schema: v.GenericSchema<unknown, Config>,
): Checked<Config> => {
  const known = verdicts.get(env);
  if (known !== undefined) return known as Checked<Config>;
  const parsed = v.safeParse(schema, env);
  const verdict: Checked<Config> = parsed.success
    ? { ok: true, value: parsed.output }
    : {
        ok: false,
        problems: parsed.issues.map((issue) => {
          const key = issue.path?.[0]?.key;
          const variable = typeof key === "string" ? key : "env";
          const missing = (env as Record<string, unknown>)[variable] === undefined;
          return { variable, problem: missing ? "is missing" : plain(issue) };
        }),
      };
  verdicts.set(env, verdict);
  return verdict;
};

/** valibot's default messages quote what they "received" or "Received"; ours must not. */
const plain = (issue: v.BaseIssue<unknown>): string =>
  /received/i.test(issue.message)
    ? `does not fit: expected ${issue.expected ?? issue.type}`
    : issue.message;
