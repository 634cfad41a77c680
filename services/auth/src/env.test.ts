import { checkEnv } from "@luna/shared/env";
import { describe, expect, it } from "vitest";

import { Config } from "./env.ts";

/** What else is wrong with so bare an environment does not matter here. */
const problemsOf = (ADMIN_EMAILS: string) => {
  const checked = checkEnv({ ADMIN_EMAILS }, Config);
  return checked.ok ? [] : checked.problems.filter(({ variable }) => variable === "ADMIN_EMAILS");
};

describe("ADMIN_EMAILS", () => {
  it.each(["", "ada@example.com", " Boss@Example.com, bob@example.com ,"])("may be %j", (text) => {
    expect(problemsOf(text)).toEqual([]);
  });

  // Nobody could ever sign up with it, so it would make nobody an administrator.
  it.each(["nonsense", "ada@example", "ada@example.com;bob@example.com", "ada@example.com,bob"])(
    "may not be %j",
    (text) => {
      expect(problemsOf(text)).toEqual([
        { variable: "ADMIN_EMAILS", problem: "must be an e-mail address" },
      ]);
    },
  );
});
