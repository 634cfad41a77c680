import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join as joinPath } from "node:path";

import { type MailSink, startMailSink } from "@luna/local/mail-sink";
import { type SendGrid, startSendGrid } from "@luna/local/sendgrid";
import { ROOT } from "luna/root";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { alter, d1File } from "./chaos/d1-file.ts";
import { bearer, eventually, join, json, mailsTo, PASSWORD, post, type Tokens } from "./people.ts";
import { environmentOf, newPlace, RealMesh, removePlace, type Place } from "./real-mesh.ts";

const ADMIN = "operator@example.com";
const SENDGRID_KEY = "SG.runbooks-1f6b0a94c7d2e835";

/** The shell blocks under one heading of a page, as they stand. */
const blocksOf = (page: string, section: string): string => {
  const text = readFileSync(joinPath(ROOT, `infra/guides/runbooks/${page}.md`), "utf8");
  const [, after = ""] = text.split(`\n## ${section}\n`);
  const [body = ""] = after.split("\n## ");
  return [...body.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block]) => block ?? "").join("\n");
};

/** A check that fails shows what it was looking at. */
const LOUD_GREP = 'grep() { tee >(cat >&2) | command grep "$@"; }\n';

/** A fault, the page's own commands, and the end of the fault. */
describe("the runbook", { timeout: 360_000 }, () => {
  let place: Place;
  let mesh: RealMesh;
  let sink: MailSink;
  let provider: SendGrid;
  beforeAll(async () => {
    place = await newPlace();
    sink = await startMailSink({
      httpPort: 0,
      smtpPort: 0,
      file: joinPath(place.stateDir, "runbooks-mail.jsonl"),
    });
    provider = await startSendGrid({
      port: 0,
      apiKey: SENDGRID_KEY,
      onMail: (mail) => sink.deliver(mail),
    });
    mesh = new RealMesh(place, {
      ADMIN_EMAILS: ADMIN,
      RATE_LIMIT_SCALE: "1000",
      MAIL_TRANSPORT: "sendgrid",
      SENDGRID_API_URL: `http://127.0.0.1:${provider.port}`,
      SENDGRID_API_KEY: SENDGRID_KEY,
      // One more attempt, at once: nobody waits here for a mail to die.
      MAIL_BACKOFF: "[0]",
      MAIL_PROBE_SECONDS: "2",
    });
    await mesh.ready();
    await join(door(), ADMIN);
  });
  afterAll(async () => {
    await mesh.stop();
    await Promise.all([provider.close(), sink.close()]);
    removePlace(place);
  });

  const url = (path: string): string => `http://127.0.0.1:${place.port}${path}`;
  const door = () => ({
    sink,
    fetch: (path: string, init?: RequestInit) => fetch(url(path), init),
  });

  /** Runs what stands under a heading; later headings of a page see the variables of earlier ones. */
  const follow = async (
    page: string,
    sections: string[],
    variables: Record<string, string> = {},
  ): Promise<string> => {
    const script = sections.map((section) => blocksOf(page, section)).join("\n");
    expect(script).not.toBe("");
    const env = environmentOf(place, {
      ADMIN_EMAILS: ADMIN,
      LUNA_PASSWORD: PASSWORD,
      API: url(""),
      ...variables,
    });
    // Not synchronously: the mail provider and the sink live in this process.
    return new Promise((done, fail) => {
      const options = { cwd: ROOT, env, timeout: 300_000 };
      execFile(
        "bash",
        ["-euo", "pipefail", "-c", LOUD_GREP + script],
        options,
        (error, stdout, stderr) => {
          if (error === null) done(stdout);
          else fail(new Error(`${page}: ${stdout}${stderr}`, { cause: error }));
        },
      );
    });
  };

  const lemon = async (path: string, body: unknown): Promise<Response> => {
    const response = await fetch(`http://127.0.0.1:${place.lemonPort}${path}`, post(body));
    expect(response.status, await response.clone().text()).toBeLessThan(300);
    return response;
  };
  const lose = (drop: number) => lemon("/emulator/chaos", { drop });
  const refuse = (mode: string) =>
    fetch(`http://127.0.0.1:${provider.port}/emulator/faults`, post({ mode, rate: 1 }));
  const tierOf = async (person: Tokens): Promise<string> =>
    (await json<{ tier: string }>(fetch(url("/v1/me"), { headers: bearer(person) }))).tier;
  const buys = async (person: Tokens): Promise<string> => {
    await fetch(url("/v1/billing/checkout"), post({ plan: "pro" }, bearer(person)));
    const paid = await lemon("/emulator/pay", { email: person.user.email });
    return (await paid.json<{ subscriptionId: string }>()).subscriptionId;
  };
  const signsUp = (email: string) =>
    fetch(url("/v1/auth/sign-up"), post({ email, password: PASSWORD, name: "Ada" }));
  const listed = async (email: string): Promise<string> => {
    const admin = await json<Tokens>(
      fetch(url("/v1/auth/sign-in"), post({ email: ADMIN, password: PASSWORD })),
    );
    const answer = await fetch(url(`/v1/admin/mail?to=${email}`), { headers: bearer(admin) });
    return (await answer.json<{ items: { state: string }[] }>()).items
      .map(({ state }) => state)
      .join();
  };

  /** The provider's clock counts seconds, and two stories of one second are another page's business. */
  const nextSecond = (): Promise<void> =>
    new Promise((done) => {
      setTimeout(done, 1_000);
    });

  it("webhook lost: finds a purchase nobody was told of", async () => {
    const ada = await join(door(), "lost@example.com");
    await lose(1);
    await buys(ada);
    await lose(0);
    expect(await follow("webhook-lost", ["Look"])).not.toContain("subscription_created");
    // The reference never arrived, so the purchase waits for its buyer: but it is here now.
    const known = await join(door(), "known@example.com");
    const subscription = await buys(known);
    await eventually("the plan", async () => (await tierOf(known)) === "pro");
    await lose(1);
    await nextSecond();
    await lemon(`/emulator/subscriptions/${subscription}/expire`, {});
    await lose(0);
    expect(await tierOf(known)).toBe("pro");
    expect(await follow("webhook-lost", ["Mend", "Check"])).toContain('"after": "expired"');
    await eventually("the end of the plan", async () => (await tierOf(known)) === "free");
  });

  it("mail stuck: sends dead mails again", async () => {
    await refuse("500");
    await signsUp("stuck@example.com");
    await eventually(
      "a dead mail",
      async () => (await listed("stuck@example.com")) === "dead",
      90_000,
    );
    expect(await follow("mail-stuck", ["Look"])).toContain("http_500");
    await refuse("none");
    await follow("mail-stuck", ["Mend", "Check"]);
    await eventually(
      "the mail",
      async () => (await mailsTo(door(), "stuck@example.com")).length > 0,
    );
  });

  it("provider down: loses nothing and goes on by itself", async () => {
    await refuse("401");
    await signsUp("down@example.com");
    await eventually("a waiting mail", async () => (await listed("down@example.com")) === "retry");
    expect(await follow("provider-down", ["Look"])).toContain("http_401");
    await refuse("none");
    await follow("provider-down", ["Check"]);
    // Under way it is neither waiting nor sent.
    await eventually("the mail", async () => (await listed("down@example.com")) === "sent");
    expect(await mailsTo(door(), "down@example.com")).toHaveLength(1);
  });

  it("provider down: sends mail another way and comes back", async () => {
    await refuse("401");
    await signsUp("detour@example.com");
    await eventually(
      "a waiting mail",
      async () => (await listed("detour@example.com")) === "retry",
    );
    await follow("provider-down", ["Another way"]);
    const bySmtp = { ...door(), sink: { httpPort: place.mailPort } };
    await eventually(
      "the mail, by SMTP",
      async () => (await mailsTo(bySmtp, "detour@example.com")).length > 0,
    );
    expect(await mailsTo(door(), "detour@example.com")).toEqual([]);
    await refuse("none");
    await follow("provider-down", ["Back"]);
    await signsUp("returned@example.com");
    await eventually(
      "the next mail, by the provider",
      async () => (await mailsTo(door(), "returned@example.com")).length > 0,
    );
  });

  it("subscription wrong: puts back what a hand changed and what was never told", async () => {
    const ada = await join(door(), "wrong@example.com");
    const subscription = await buys(ada);
    await eventually("the plan", async () => (await tierOf(ada)) === "pro");
    // Later too than the last event of the purchase, which would undo what the hand does.
    await nextSecond();
    alter(d1File(place.stateDir, "inbox"), (db) =>
      db.prepare("UPDATE subscriptions SET status = 'unpaid' WHERE id = ?").run(subscription),
    );
    await lose(1);
    await lemon(`/emulator/subscriptions/${subscription}/cancel`, {});
    await lose(0);
    const variables = { EMAIL: "wrong@example.com" };
    expect(await follow("subscription-wrong", ["Look"], variables)).toContain(subscription);
    const mended = await follow("subscription-wrong", ["Mend", "Check"], variables);
    expect(mended).toContain('"columns": [\n        "status"\n      ]');
    expect(mended).toContain('"after": "cancelled"');
    await eventually("the truth", async () => {
      const answer = fetch(url("/v1/billing/subscription"), { headers: bearer(ada) });
      return (await json<{ status: string }>(answer)).status === "cancelled";
    });
  });

  it("customer says I paid: gives a purchase its owner", async () => {
    const ada = await join(door(), "paid@example.com");
    const { apiKey, storeId, variantId } = shop();
    // A link of somebody else's making: paid with another address and without our reference.
    const made = await fetch(`http://127.0.0.1:${place.lemonPort}/v1/checkouts`, {
      method: "POST",
      headers: { authorization: `Bearer ${apiKey}`, "content-type": "application/vnd.api+json" },
      body: JSON.stringify({
        data: {
          type: "checkouts",
          attributes: { checkout_data: { email: "other@example.com" } },
          relationships: {
            store: { data: { type: "stores", id: storeId } },
            variant: { data: { type: "variants", id: variantId } },
          },
        },
      }),
    });
    expect(made.status, await made.clone().text()).toBe(201);
    const paid = await lemon("/emulator/pay", { email: "other@example.com" });
    const { orderId } = await paid.json<{ orderId: string }>();
    const variables = { ORDER: orderId, USER_ID: ada.user.id };
    await eventually("the event", async () =>
      (await follow("customer-says-i-paid", ["Look"], variables)).includes("unlinked"),
    );
    expect(await tierOf(ada)).toBe("free");
    await follow("customer-says-i-paid", ["Mend", "Check"], variables);
    await eventually("the plan", async () => (await tierOf(ada)) === "pro");
  });

  const shop = () => {
    const secrets = JSON.parse(
      readFileSync(joinPath(place.stateDir, "secrets.json"), "utf8"),
    ) as Record<string, string>;
    return { apiKey: secrets["LEMONSQUEEZY_API_KEY"] ?? "", storeId: "1", variantId: "401002" };
  };
});
