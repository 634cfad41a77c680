import { createExecutionContext } from "cloudflare:test";
import { exports } from "cloudflare:workers";
import * as v from "valibot";
import { beforeEach, describe, expect, it, vi } from "vitest";

import { ask } from "./admin.fixture.ts";
import { event, post, postByGateway, tell } from "./events.fixture.ts";
import { MailTimeline } from "./mail.ts";
import { openDoor } from "./public-door.ts";
import {
  acceptWithoutHint,
  claimOne,
  deliver,
  HOUR,
  onlyRow,
  receipt,
  received,
  START,
  startAfresh,
  testEnv,
  verify,
} from "./workerd.fixture.ts";

beforeEach(startAfresh);

const DAY = 24 * HOUR;
const listed = async () => {
  const rows = await testEnv.DB.prepare("SELECT address, reason FROM suppressions").all();
  return rows.results.map(({ address, reason }) => `${String(address)} ${String(reason)}`);
};
const stored = async (): Promise<number> =>
  (await testEnv.DB.prepare("SELECT 1 FROM provider_events").all()).results.length;

/** A courtesy: not sent against its reader's wish, nor twice. */
const planChanged = (key: string) =>
  receipt(key, {
    template: "plan_changed",
    vars: { name: "Ada", oldPlan: "Starter", plan: "Pro", at: "2030-01-01T00:00:00Z" },
  });

/** What becomes of a mail that is accepted now. */
const fateOf = async (key: string, verifies = false): Promise<string> => {
  const intent = verifies ? await verify(key, { expiresAt: Date.now() + HOUR }) : planChanged(key);
  const [id] = await acceptWithoutHint(intent);
  await deliver();
  const row = await testEnv.DB.prepare("SELECT state, reason FROM mails WHERE id = ?")
    .bind(id)
    .first<{ state: string; reason: string }>();
  return `${row?.state} ${row?.reason}`;
};

describe("the door", () => {
  it.each([
    ["is missing", { "x-twilio-email-event-webhook-signature": "" }],
    ["is of other bytes", { "x-twilio-email-event-webhook-signature": "MEUCIQCtIHJeH93Y" }],
    ["is of another time", { "x-twilio-email-event-webhook-timestamp": "1" }],
  ])("answers 401 and keeps nothing when the signature %s", async (_what, headers) => {
    await expect(post(JSON.stringify([event("bounce")]), headers)).resolves.toBe(401);
    expect([await stored(), await listed()]).toEqual([0, []]);
  });

  it("answers 401 to a delivery that is captured and sent later", async () => {
    const late = { "x-twilio-email-event-webhook-timestamp": String(START / 1_000 - 301) };
    await expect(post("[]", late)).resolves.toBe(401);
  });

  it.each(["", "nonsense", "{}", "[null, 1, [], {}]", '[{"event":"__proto__"}]', "[\xff"])(
    "answers 200 to %j if it is rightly signed, and keeps nothing",
    async (body) => {
      await expect(post(body)).resolves.toBe(200);
      expect(await stored()).toBe(0);
    },
  );

  it("takes a whole batch and refuses more than the provider sends", async () => {
    const many = Array.from({ length: 2_000 }, () => event("delivered"));
    await expect(tell(...many)).resolves.toBe(200);
    expect(await stored()).toBe(2_000);
    await expect(post("x".repeat(1024 * 1024 + 1))).resolves.toBe(413);
  });

  it("takes what the gateway passes on", async () => {
    await expect(postByGateway(`${JSON.stringify([event("bounce")])}\r\n`)).resolves.toBe(200);
    expect(await listed()).toEqual(["ada@example.com hard_bounce"]);
  });

  it("turns away whoever floods it, before it reads a byte or asks the database", async () => {
    // The limit itself is the platform's; that it is bound and asked is ours.
    expect(await testEnv.FLOOD.limit({ key: "192.0.2.66" })).toEqual({ success: true });
    const limit = ({ key }: { key: string }) => Promise.resolve({ success: key !== "192.0.2.66" });
    const knock = (path: string, address: string) =>
      openDoor(
        { ...testEnv, FLOOD: { limit } },
        createExecutionContext(),
        new Request(`https://events.test${path}`, { headers: { "cf-connecting-ip": address } }),
      );
    for (const path of ["/webhooks/sendgrid", "/health"]) {
      const refused = await knock(path, "192.0.2.66");
      expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "60"]);
      expect(await refused.json()).toMatchObject({ code: "rate_limited" });
    }
    expect((await knock("/health", "192.0.2.67")).status).toBe(200);
  });

  it("stays open when the flood limit is away", async () => {
    const away = { ...testEnv, FLOOD: { limit: () => Promise.reject(new Error("away")) } };
    const request = new Request("https://events.test/webhooks/sendgrid", { method: "POST" });
    expect((await openDoor(away, createExecutionContext(), request)).status).toBe(401);
  });

  it("is no way to anything else", async () => {
    for (const path of ["/", "/v1/admin/mail", "/v1/admin/mail/summary"]) {
      const response = await exports.default.fetch(new Request(`https://events.test${path}`));
      expect([path, response.status]).toEqual([path, 404]);
    }
  });
});

describe("an event", () => {
  it("joins the timeline of its mail once, however often it is told", async () => {
    const [id = ""] = await acceptWithoutHint(receipt("receipt:a:1"));
    await deliver();
    const told = [
      event("processed", { mail_id: id }),
      event("delivered", { mail_id: id, reason: "250 OK\r\nthanks" }),
    ];
    await tell(...told);
    await tell(...told);
    const { events } = v.parse(MailTimeline, (await ask("GET", `/mail/${id}`)).body);
    expect(events.map(({ kind, detail }) => `${kind} ${detail}`)).toEqual([
      "processed ",
      "delivered 250 OK thanks",
    ]);
  });

  it("settles a held mail whose fate nobody knew", async () => {
    const [id] = await acceptWithoutHint(planChanged("plan:a:1"));
    await claimOne("crashed", START);
    vi.setSystemTime(START + HOUR);
    await deliver();
    expect(await onlyRow()).toMatchObject({ state: "held", reason: "lease_expired" });
    await tell(event("delivered", { mail_id: id }));
    expect(await onlyRow()).toMatchObject({ state: "sent", reason: "confirmed" });
    expect(await received()).toEqual([]);
  });

  it("of a mail that is not ours is kept all the same", async () => {
    await expect(tell(event("bounce", { mail_id: "'; DROP" }))).resolves.toBe(200);
    expect([await stored(), await listed()]).toEqual([1, ["ada@example.com hard_bounce"]]);
  });
});

describe("suppression", () => {
  it.each([
    [event("bounce", { type: "bounce" }), "hard_bounce"],
    [event("spamreport"), "complaint"],
    [event("dropped", { reason: "Bounced Address" }), "hard_bounce"],
  ])("lets no mail through after %o", async (told, reason) => {
    await tell({ ...told, timestamp: START / 1_000 });
    expect(await fateOf("a:a:1")).toBe(`suppressed ${reason}`);
    expect(await fateOf("verify:a:1", true)).toBe(`suppressed ${reason}`);
    expect(await received()).toEqual([]);
  });

  it("of a reader who wants no mail spares what protects the account", async () => {
    await tell(event("unsubscribe"));
    expect(await fateOf("a:a:1")).toBe("suppressed unsubscribe");
    expect(await fateOf("verify:a:1", true)).toBe("sent smtp_250");
    await tell(event("group_resubscribe"));
    expect(await fateOf("a:a:2")).toBe("sent smtp_250");
  });

  it("knows an address however it is written", async () => {
    await tell(event("bounce", { email: "ADA@xn--bcher-kva.example" }));
    await acceptWithoutHint(receipt("receipt:a:1", { to: "Ada@bücher.example" }));
    await deliver();
    expect((await onlyRow()).state).toBe("suppressed");
  });

  it("blocks an address for thirty days after three soft bounces in a week", async () => {
    const soft = (n: number) => event("bounce", { type: "blocked", mail_id: `00mail${n}` });
    await tell(soft(1));
    vi.setSystemTime(START + 8 * DAY);
    await tell(soft(2), soft(3));
    // The first is more than a week old, and three refusals of one mail are one.
    await tell(soft(3), soft(3));
    expect(await listed()).toEqual([]);
    await tell(soft(4));
    expect(await fateOf("a:a:1")).toBe("suppressed soft_bounces");
    vi.setSystemTime(START + 39 * DAY);
    expect(await fateOf("a:a:2")).toBe("sent smtp_250");
  });

  it("that an operator lifts does not come back with an event told again", async () => {
    const bounce = event("bounce");
    await tell(bounce);
    const page = (await ask("GET", "/mail/suppressions?address=Ada@Example.com")).body;
    expect(page["items"]).toMatchObject([{ address: "ada@example.com", reason: "hard_bounce" }]);
    const lifted = await ask("POST", "/mail/suppressions/lift", { address: "ADA@example.com" });
    expect(lifted).toEqual({ status: 200, body: { lifted: 1 } });
    await tell(bounce);
    expect(await listed()).toEqual([]);
    const audit = await testEnv.DB.prepare("SELECT action, subject, detail FROM audit").all();
    expect(audit.results).toMatchObject([{ action: "suppression.lifted" }]);
    expect(JSON.stringify(audit.results)).not.toMatch(/ada|example/i);
    await tell(event("bounce"));
    expect(await listed()).toEqual(["ada@example.com hard_bounce"]);
  });

  it("is listed page by page", async () => {
    await tell(...["c", "a", "b"].map((name) => event("bounce", { email: `${name}@x.org` })));
    const first = (await ask("GET", "/mail/suppressions?limit=2")).body;
    const rest = (
      await ask("GET", `/mail/suppressions?limit=2&cursor=${String(first["nextCursor"])}`)
    ).body;
    const all = [first, rest].flatMap(({ items }) => items as { address: string }[]);
    expect(all.map(({ address }) => address)).toEqual(["a@x.org", "b@x.org", "c@x.org"]);
    expect(rest["nextCursor"]).toBeNull();
  });
});
