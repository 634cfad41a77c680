import { describe, expect, it } from "vitest";

import { roleOf } from "./role.ts";

describe("the role of an account", () => {
  it.each([
    ["user", "ann@example.com", [], "user"],
    ["admin", "ann@example.com", [], "admin"],
    ["user", "ann@example.com", ["bob@example.com", "Ann@Example.com"], "admin"],
    ["user", "ann@example.com", ["ann@example.co", "xann@example.com", ""], "user"],
  ] as const)("of a stored %s, %s with the list %j is %s", (role, emailKey, list, expected) => {
    expect(roleOf({ role, emailKey }, list)).toBe(expected);
  });
});
