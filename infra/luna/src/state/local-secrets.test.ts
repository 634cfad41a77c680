import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { KeySetText, TextSecret, jsonText } from "@luna/shared/env";
import { SigningKeys } from "@luna/shared/token/keys";
import * as v from "valibot";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { ROOT } from "../root.ts";
import { readServices } from "../service.ts";
import { ensureSecrets, requiredSecrets, secretsFile } from "./local-secrets.ts";
import { SECRETS } from "./secret.ts";

let stateDir: string;
beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), "luna-secrets-"));
});
afterEach(() => rmSync(stateDir, { recursive: true }));

const service = (...required: string[]) => ({
  name: "toy",
  folder: "",
  config: { name: "toy", main: "", secrets: { required } },
});

describe("local secrets", () => {
  it("can be made for everything the services require", () => {
    const known = Object.keys(SECRETS);
    expect(requiredSecrets(readServices(ROOT)).filter((name) => !known.includes(name))).toEqual([]);
  });

  it.each([
    "PASSWORD_PEPPERS",
    "KEY_TAG_KEYS",
    "REFRESH_KEYS",
    "MAIL_SEAL_KEYS",
    "CHECKOUT_REF_KEY",
  ])("%s is a key set the services accept", (name) => {
    expect(v.is(KeySetText, SECRETS[name]?.make())).toBe(true);
  });

  it("TOKEN_KEYS is a signing key set the services accept", () => {
    expect(v.is(jsonText(SigningKeys), SECRETS["TOKEN_KEYS"]?.make())).toBe(true);
  });

  it("the webhook secret is strong and fits LemonSqueezy's 40 characters", () => {
    const secret = SECRETS["LEMONSQUEEZY_WEBHOOK_SECRET"]?.make() ?? "";
    expect(v.is(TextSecret, secret)).toBe(true);
    expect(secret.length).toBeLessThanOrEqual(40);
  });

  it("are kept from start to start, and only their owner can read them", () => {
    const first = ensureSecrets(stateDir, [service("TOKEN_KEYS")], {});
    const second = ensureSecrets(stateDir, [service("TOKEN_KEYS", "REFRESH_KEYS")], {});
    expect(second["TOKEN_KEYS"]).toBe(first["TOKEN_KEYS"]);
    expect(second["REFRESH_KEYS"]).toBeTypeOf("string");
    expect(statSync(secretsFile(stateDir)).mode & 0o777).toBe(0o600);
  });

  it("are not made for one that the environment gives", () => {
    expect(ensureSecrets(stateDir, [service("TOKEN_KEYS")], { TOKEN_KEYS: "mine" })).toEqual({});
  });

  it("stop the start with one line for a secret nobody can make", () => {
    expect(() => ensureSecrets(stateDir, [service("NEW_ONE")], {})).toThrow(
      "No generator for the secret NEW_ONE: set it in the environment.",
    );
  });
});
