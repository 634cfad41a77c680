import { describe, expect, it } from "vitest";

import { sha256Hex } from "../bytes.ts";
import {
  apiKeyTag,
  emailTag,
  teamTag,
  userPermissionsTag,
  userSubscriptionTag,
  userTag,
  userTeamsTag,
  userUsageTag,
  userWorkspacesTag,
} from "./tags.ts";

const HASH = "ab".repeat(32);

describe("a tag", () => {
  it("has one of the nine forms", () => {
    expect([
      userTag("u1"),
      emailTag(HASH),
      apiKeyTag(HASH),
      userPermissionsTag("u1"),
      userSubscriptionTag("u1"),
      userUsageTag("u1"),
      userTeamsTag("u1"),
      userWorkspacesTag("u1"),
      teamTag("t1"),
    ]).toEqual([
      "user:u1",
      `email:${HASH}`,
      `api_key:${HASH}`,
      "user:u1:permissions",
      "user:u1:subscription",
      "user:u1:usage",
      "user:u1:teams",
      "user:u1:workspaces",
      "team:t1",
    ]);
  });

  it("takes what sha256Hex makes", async () => {
    expect(emailTag(await sha256Hex("ada@example.com"))).toMatch(/^email:[0-9a-f]{64}$/);
  });

  it.each(["ada@example.com", "", HASH.toUpperCase(), HASH.slice(1), `${HASH}0`, `${HASH}\n`])(
    "never holds an address or a key: %j",
    (text) => {
      expect(() => emailTag(text)).toThrow(
        new TypeError("a tag takes a SHA-256 in lower-case hex"),
      );
      expect(() => apiKeyTag(text)).toThrow(TypeError);
    },
  );

  it.each(["", "u1:teams", "u 1", "u1\n", "ada@example.com", "x".repeat(65)])(
    "is not mistaken for another's: %j is not an id",
    (text) => {
      expect(() => userTag(text)).toThrow(TypeError);
      expect(() => userTeamsTag(text)).toThrow(TypeError);
    },
  );
});
