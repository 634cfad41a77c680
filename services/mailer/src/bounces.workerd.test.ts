import * as v from "valibot";
import { beforeEach, expect, it, vi } from "vitest";

import { ask } from "./admin.fixture.ts";
import { MailTimeline } from "./mail.ts";
import {
  acceptWithoutHint,
  claimOne,
  deliver,
  HOUR,
  receipt,
  received,
  sinkFault,
  START,
  startAfresh,
  testEnv,
  theDelivery,
  verify,
} from "./workerd.fixture.ts";

beforeEach(startAfresh);

const DAY = 24 * HOUR;

/** What becomes of a mail to this address that is accepted now, and its id. */
const fateOf = async (key: string, to = "ada@example.com"): Promise<[string, string]> => {
  const expiresAt = Date.now() + HOUR;
  const [id = ""] = await acceptWithoutHint(await verify(key, { to, expiresAt }));
  await deliver();
  const row = await testEnv.DB.prepare("SELECT state, reason FROM mails WHERE id = ?")
    .bind(id)
    .first<{ state: string; reason: string }>();
  return [`${row?.state} ${row?.reason}`, id];
};
const listed = async () => (await ask("GET", "/mail/suppressions")).body["items"];

it("sends nothing more to an address that a server says nobody has", async () => {
  await sinkFault("unknown-user");
  const [fate, id] = await fateOf("verify:a:1", "Ada@Example.com");
  expect(fate).toBe("failed smtp_550");
  await sinkFault("none");
  expect((await fateOf("verify:a:2"))[0]).toBe("suppressed hard_bounce");
  expect((await fateOf("verify:b:1", "bob@example.com"))[0]).toBe("sent smtp_250");
  expect(await listed()).toMatchObject([
    { address: "ada@example.com", reason: "hard_bounce", until: null },
  ]);
  const { events } = v.parse(MailTimeline, (await ask("GET", `/mail/${id}`)).body);
  expect(events).toMatchObject([{ kind: "hard_bounce", detail: "550 5.1.1 No such mailbox" }]);
});

it("sends to it again once an operator has lifted that", async () => {
  await sinkFault("unknown-user");
  await fateOf("verify:a:1");
  await sinkFault("none");
  await ask("POST", "/mail/suppressions/lift", { address: "ada@example.com" });
  expect((await fateOf("verify:a:2"))[0]).toBe("sent smtp_250");
});

it("lets an address rest for thirty days after three refused mails in a week", async () => {
  await sinkFault("550");
  const [first = ""] = await acceptWithoutHint(receipt("receipt:a:1"));
  await deliver();
  // The same mail again is no third one.
  expect((await ask("POST", `/mail/${first}/retry`)).body).toMatchObject({ state: "failed" });
  vi.setSystemTime(START + 6 * DAY);
  expect((await fateOf("verify:a:2"))[0]).toBe("failed smtp_550");
  expect(await listed()).toEqual([]);
  await fateOf("verify:a:3");
  await sinkFault("none");
  expect((await fateOf("verify:a:4"))[0]).toBe("suppressed soft_bounces");
  vi.setSystemTime(START + 36 * DAY);
  expect((await fateOf("verify:a:5"))[0]).toBe("sent smtp_250");
});

it("believes what a server said of an address even if the mail is in other hands by then", async () => {
  await acceptWithoutHint(receipt("receipt:a:1"));
  const mail = await claimOne("first", START);
  if (mail === null) throw new Error("not claimed");
  const late = {
    ...mail,
    fence: mail.fence - 1,
    outcome: { class: "permanent", code: "smtp_550", detail: "5.1.1", bounce: "hard_bounce" },
    settlement: { state: "failed", nextAt: START, attempts: 1, reason: "smtp_550" },
  } as const;
  // Twice, as after an answer of the database that was lost.
  await theDelivery().settle([late], START);
  await expect(theDelivery().settle([late], START)).resolves.toEqual(new Set());
  expect(await listed()).toMatchObject([{ address: "ada@example.com", reason: "hard_bounce" }]);
  expect(await received()).toEqual([]);
});
