import { checkEnv } from "@luna/shared/env";
import { describe, expect, it } from "vitest";

import { Config } from "./env.ts";

const KEYS = { current: "a", keys: { a: "A".repeat(43) } };
const check = (origins: string) =>
  checkEnv(
    {
      ENVIRONMENT: "local",
      API_URL: "http://localhost:8787",
      KEY_TAG_KEYS: JSON.stringify(KEYS),
      CORS_ORIGINS: origins,
    },
    Config,
  );

describe("CORS_ORIGINS", () => {
  it.each([
    ["", []],
    [
      "https://app.example.com, http://localhost:3000 ,http://[::1]:3000",
      ["https://app.example.com", "http://localhost:3000", "http://[::1]:3000"],
    ],
  ])("may be %j", (text, origins) => {
    expect(check(text)).toMatchObject({ ok: true, value: { CORS_ORIGINS: origins } });
  });

  // What no browser ever sends as an origin would allow nobody, and nobody would know why.
  it.each([
    "nonsense",
    "*",
    "null",
    "app.example.com",
    "https://app.example.com/",
    "https://app.example.com/path",
    "https://APP.example.com",
    "https://app.example.com:443",
    "https://*.example.com",
    "https://ada@app.example.com",
    "ftp://app.example.com",
    "https://app.example.com,nonsense",
  ])("may not be %j", (text) => {
    expect(check(text)).toEqual({
      ok: false,
      problems: [
        { variable: "CORS_ORIGINS", problem: "must be origins such as https://app.example.com" },
      ],
    });
  });
});
