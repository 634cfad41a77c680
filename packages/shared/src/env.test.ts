import * as fc from "fast-check";
import * as v from "valibot";
import { describe, expect, it } from "vitest";

import { newToken } from "./bytes.ts";
import {
  checkEnv,
  Environment,
  jsonText,
  KeySetText,
  List,
  RateLimitScale,
  TextSecret,
  unscaledInProduction,
} from "./env.ts";

const schema = v.object({
  WEBHOOK_SECRET: TextSecret,
  SEAL_KEYS: KeySetText,
  ENVIRONMENT: Environment,
  CORS_ORIGINS: List,
  SCALE: v.optional(v.pipe(v.string(), v.transform(Number), v.integer()), "1"),
  ORIGIN: v.optional(v.pipe(v.string(), v.url()), "https://a.test"),
  SMTP: v.optional(jsonText(v.strictObject({ port: v.number() })), '{"port":25}'),
});

const good = {
  WEBHOOK_SECRET: "whsec_4f9a7c21b8e3",
  SEAL_KEYS: JSON.stringify({ current: "k1", keys: { k1: newToken() } }),
  ENVIRONMENT: "local",
  CORS_ORIGINS: " https://a.test, ,https://b.test ,",
};

const problemsOf = (change: Record<string, unknown>): Record<string, string> => {
  const checked = checkEnv({ ...good, ...change }, schema);
  return checked.ok
    ? {}
    : Object.fromEntries(checked.problems.map(({ variable, problem }) => [variable, problem]));
};

describe("the environment", () => {
  it("becomes typed configuration", () => {
    expect(checkEnv({ ...good }, schema)).toMatchObject({
      ok: true,
      value: {
        SEAL_KEYS: { current: "k1" },
        CORS_ORIGINS: ["https://a.test", "https://b.test"],
        SCALE: 1,
      },
    });
  });

  it("may hold bindings that the schema does not name", () => {
    expect(problemsOf({ DB: {}, CACHE: {} })).toEqual({});
  });

  it("is judged once per isolate", () => {
    const env = { ...good };
    expect(checkEnv(env, schema)).toBe(checkEnv(env, schema));
  });

  it("tells what is missing from what does not fit", () => {
    expect(problemsOf({ WEBHOOK_SECRET: undefined, ENVIRONMENT: "prod" })).toEqual({
      WEBHOOK_SECRET: "is missing",
      ENVIRONMENT: expect.stringMatching(/^does not fit: expected .*production/),
    });
  });

  it("names every variable that does not fit, not only the first", () => {
    const change = { WEBHOOK_SECRET: "x", SEAL_KEYS: "{", CORS_ORIGINS: 1, SCALE: "x" };
    expect(Object.keys(problemsOf(change)).toSorted()).toEqual(Object.keys(change).toSorted());
  });

  it("names the variable, not the field inside it", () => {
    const text = JSON.stringify({ current: "k1", keys: { k1: "short" } });
    expect(problemsOf({ SEAL_KEYS: text })).toEqual({ SEAL_KEYS: "needs 32 bytes of base64url" });
  });

  it.each([
    ["text", "not json at all"],
    ["half an object", '{"current":'],
    ["null", "null"],
    ["a list", "[]"],
    ["nothing", ""],
  ])("refuses a key set that is %s", (_name, text) => {
    expect(problemsOf({ SEAL_KEYS: text })).toHaveProperty("SEAL_KEYS");
  });
});

describe("the scale of the limits", () => {
  const scaled = v.pipe(
    v.object({ ENVIRONMENT: Environment, RATE_LIMIT_SCALE: RateLimitScale }),
    unscaledInProduction(),
  );

  it.each(["0", "-1", "x", "", "NaN", "Infinity", "1e3", "1,5"])("is not %j", (text) => {
    expect(checkEnv({ ENVIRONMENT: "local", RATE_LIMIT_SCALE: text }, scaled)).toEqual({
      ok: false,
      problems: [{ variable: "RATE_LIMIT_SCALE", problem: "must be a positive number" }],
    });
  });

  it.each(["0.01", "1", "1000"])("is %s anywhere but in production", (text) => {
    for (const ENVIRONMENT of ["local", "staging"])
      expect(checkEnv({ ENVIRONMENT, RATE_LIMIT_SCALE: text }, scaled)).toEqual({
        ok: true,
        value: { ENVIRONMENT, RATE_LIMIT_SCALE: Number(text) },
      });
  });

  it.each(["0.99", "2", "1000"])("is not %s in production", (text) => {
    expect(checkEnv({ ENVIRONMENT: "production", RATE_LIMIT_SCALE: text }, scaled)).toEqual({
      ok: false,
      problems: [{ variable: "RATE_LIMIT_SCALE", problem: "must be 1 in production" }],
    });
  });

  it("is 1 unless said", () => {
    expect(checkEnv({ ENVIRONMENT: "production" }, scaled)).toMatchObject({
      value: { RATE_LIMIT_SCALE: 1 },
    });
  });
});

describe("a text secret", () => {
  it.each([
    "",
    "short",
    "fifteen-letters",
    "x".repeat(513),
    "aaaaaaaaaaaaaaaaaaaaaaaa",
    "abababababababababababab",
    "changemechangeme",
    "change-me change-me",
    "secret-secret-secret",
    "password1234567890",
    "PASSWORD_password_12",
    "example-secret-test-1",
    "defaultadmindemo",
    "1111111111111111111111111111111111",
  ])("is refused when it is easy to guess: %j", (text) => {
    expect(problemsOf({ WEBHOOK_SECRET: text })).toHaveProperty("WEBHOOK_SECRET");
  });

  it.each(["whsec_4f9a7c21b8e3", "correct horse battery staple", newToken()])(
    "is accepted otherwise: %j",
    (text) => {
      expect(problemsOf({ WEBHOOK_SECRET: text })).toEqual({});
    },
  );

  it("is not refused for words that a guessable one has too", () => {
    const text = `${"secret-".repeat(60)}4f9a7c21b8e3`;
    expect(problemsOf({ WEBHOOK_SECRET: text })).toEqual({});
  });
});

describe("a problem", () => {
  const secret = fc
    .string({ minLength: 6, maxLength: 40, unit: "grapheme-ascii" })
    .map((text) => `Zq${text}`);
  const hidden = (text: string) => [
    text,
    text.repeat(20),
    `{"current":"${text}","keys":{"${text}":"${text}"}}`,
    JSON.stringify({ current: text, keys: { [text]: text, other: text }, [text]: text }),
    JSON.stringify({ port: text }),
    JSON.stringify({ [text]: 1 }),
    JSON.stringify([text]),
    JSON.stringify(text),
    `https://user:${text}@[`,
  ];

  it("never quotes the value it is about, whichever variable holds it", () => {
    fc.assert(
      fc.property(secret, fc.constantFrom(...Object.keys(schema.entries)), (text, variable) => {
        const problems = hidden(text).map((value) => problemsOf({ [variable]: value }));
        expect(JSON.stringify(problems)).not.toContain(JSON.stringify(text).slice(1, -1));
      }),
      { seed: 2, numRuns: 500 },
    );
  });
});
