import { newTrace } from "@luna/shared/trace";
import { beforeEach, describe, expect, it } from "vitest";

import {
  admit,
  auth,
  create,
  createKnown,
  getMe,
  newUser,
  rowsOf,
  startAfresh,
} from "./workerd.fixture.ts";

beforeEach(startAfresh);

const change = (email: string, seq: number, epoch = 0, userId = "ann") =>
  auth.changeEmail({ userId, email, epoch, seq }, newTrace());
const emailOf = async (userId: string) =>
  (await (await getMe(userId)).json<{ email: string }>()).email;

describe("changeEmail", () => {
  it("shows the user the new address, and nobody else's changes", async () => {
    await create(newUser("ann"));
    await create(newUser("bob"));
    expect(await change("new@example.com", 1)).toEqual({ ok: true, value: null });
    expect([await emailOf("ann"), await emailOf("bob")]).toEqual([
      "new@example.com",
      "bob@example.com",
    ]);
    expect((await rowsOf("audit")).map(({ action }) => action)).toContain("email.changed");
  });

  it.each([
    ["a higher seq", 8, 2, "late@example.com"],
    ["a higher epoch with a lower seq", 1, 3, "late@example.com"],
    ["the same epoch and seq", 7, 2, "first@example.com"],
    ["a lower seq", 6, 2, "first@example.com"],
    ["a lower epoch with a higher seq", 99, 1, "first@example.com"],
  ])("judges a change with %s", async (_what, seq, epoch, expected) => {
    await create(newUser("ann"));
    await change("first@example.com", 7, 2);
    expect(await change("late@example.com", seq, epoch)).toMatchObject({ ok: true });
    expect(await emailOf("ann")).toBe(expected);
  });

  it("gives the user's answers a new version, so that none kept at the edge is served", async () => {
    await createKnown();
    const version = async () => {
      const answer = await admit();
      return answer.admitted ? answer.version : answer.code;
    };
    const before = await version();
    expect(await version()).toBe(before);
    await change("new@example.com", 1);
    expect(await version()).toEqual(expect.not.stringMatching(`^${before}$`));
  });

  it("asks to be told again while the user is not created yet", async () => {
    expect(await change("new@example.com", 1)).toMatchObject({ ok: false, code: "unavailable" });
  });

  it("refuses what is no change", async () => {
    const broken = { userId: "ann", email: 7, epoch: 0, seq: 1 } as unknown as Parameters<
      typeof auth.changeEmail
    >[0];
    expect(await auth.changeEmail(broken, newTrace())).toMatchObject({ code: "invalid_input" });
  });
});
