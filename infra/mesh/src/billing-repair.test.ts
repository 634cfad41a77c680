import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import { startMesh, type Mesh } from "./mesh.ts";
import { bearer, eventually, join, json, mailsTo, post, type Tokens } from "./people.ts";

interface Drift {
  object: string;
  id: string;
  before: string | null;
  after: string;
  linked: boolean;
}
interface Report {
  id: string;
  state: string;
  drifts: Drift[];
}
interface Purchase {
  orderId: string;
  identifier: string;
  owner: { id: string } | null;
  subscriptions: { id: string; status: string }[];
  events: { id: string; state: string }[];
}
interface Paid {
  orderId: string;
  subscriptionId: string;
}
interface Me {
  tier: string;
  subscriptionStatus: string;
}

const ADMIN = "/v1/admin/billing";
/** Every object of every purchase of these tests is compared by one run of a few calls. */
const RECONCILE_MS = 90_000;

describe("who paid and was not served", () => {
  let mesh: Mesh;
  let root: Tokens;
  beforeAll(async () => {
    mesh = await startMesh({ values: { ADMIN_EMAILS: "root@example.com" } });
    root = await join(mesh, "root@example.com");
  });
  afterEach(() => lemon("/emulator/chaos", {}, "DELETE"));
  afterAll(() => mesh.close());

  const lemon = async <T>(path: string, body: object, method = "POST"): Promise<T> => {
    const url = `http://127.0.0.1:${mesh.lemon.port}${path}`;
    const response = await fetch(url, { ...post(body), method });
    expect(response.ok, path).toBe(true);
    const text = await response.text();
    return (text === "" ? null : JSON.parse(text)) as T;
  };
  const ask = <T>(path: string, who: Tokens = root): Promise<T> =>
    json<T>(mesh.fetch(path, { headers: bearer(who) }));
  const tell = (path: string, body: object, who: Tokens = root): Promise<Response> =>
    mesh.fetch(path, post(body, bearer(who)));

  /** Buys the pro plan with an address typed at the checkout, whoever that is. */
  const buy = async (who: Tokens, email: string): Promise<Paid> => {
    const checkout = await tell("/v1/billing/checkout", { plan: "pro" }, who);
    const { url } = await checkout.json<{ url: string }>();
    const checkoutId = new URL(url).pathname.split("/").at(-1);
    return lemon<Paid>("/emulator/pay", { checkoutId, email });
  };
  const find = async (email: string): Promise<Purchase | undefined> => {
    const found = await ask<{ items: Purchase[] }>(
      `${ADMIN}/find?email=${encodeURIComponent(email)}`,
    );
    return found.items[0];
  };
  const become = (who: Tokens, wanted: Partial<Me>): Promise<Me> =>
    eventually(`to be ${JSON.stringify(wanted)}`, async () => {
      const me = await ask<Me>("/v1/me", who);
      const is = Object.entries(wanted).every(([name, value]) => me[name as keyof Me] === value);
      return is && me;
    });
  const reconcile = async (): Promise<Drift[]> => {
    const begun = await (await tell(`${ADMIN}/reconcile`, {})).json<Report>();
    const report = await eventually(
      "the comparison to end",
      async () => {
        const now = await ask<Report>(`${ADMIN}/reconcile/${begun.id}`);
        return now.state !== "running" && now;
      },
      RECONCILE_MS,
    );
    expect(report.state).toBe("done");
    return report.drifts;
  };
  const about = (drifts: Drift[], { orderId, subscriptionId }: Paid) =>
    drifts.filter(({ id }) => id === orderId || id === subscriptionId);

  it("is served after a comparison that reports what was lost, and nothing twice", async () => {
    const ada = await join(mesh, "ada@example.com");
    const paid = await buy(ada, "ada@example.com");
    await become(ada, { tier: "pro", subscriptionStatus: "active" });
    await reconcile();
    await lemon("/emulator/chaos", { drop: 1 });
    await lemon(`/emulator/subscriptions/${paid.subscriptionId}/cancel`, {});
    expect(about(await reconcile(), paid)).toEqual([
      {
        object: "subscription",
        id: paid.subscriptionId,
        before: "active",
        after: "cancelled",
        linked: true,
      },
    ]);
    await become(ada, { tier: "pro", subscriptionStatus: "cancelled" });
    await eventually("the mail of it", async () =>
      (await mailsTo(mesh, "ada@example.com")).some(({ text }) => /cancelled/i.test(text)),
    );
    expect(await reconcile()).toEqual([]);
  });

  it("claims a purchase nobody told of, by the mail to its address alone", async () => {
    const bob = await join(mesh, "bob@example.com");
    const eve = await join(mesh, "eve@example.com");
    await lemon("/emulator/chaos", { drop: 1 });
    const paid = await buy(bob, "bobs-office@example.com");
    expect(about(await reconcile(), paid).map(({ linked }) => linked)).toEqual([false, false]);
    const { identifier = "" } = (await find("bobs-office@example.com")) ?? {};

    const unknown = { orderIdentifier: "00000000-0000-4000-8000-000000000000" };
    const claims = [
      await tell("/v1/billing/claim", { orderIdentifier: identifier }, bob),
      await tell("/v1/billing/claim", unknown, bob),
    ];
    expect(claims.map(({ status }) => status)).toEqual([202, 202]);
    const token = await eventually("the mail of the claim", async () => {
      const [mail] = await mailsTo(mesh, "bobs-office@example.com");
      return /claim\?token=([\w-]+)/.exec(mail?.text ?? "")?.[1];
    });
    const confirm = (who: Tokens) => tell("/v1/billing/claim/confirm", { token }, who);
    expect((await confirm(eve)).status).toBe(401);
    expect((await confirm(bob)).status).toBe(200);
    await become(bob, { tier: "pro", subscriptionStatus: "active" });
    expect((await confirm(bob)).status).toBe(401);
    expect((await mailsTo(mesh, "bob@example.com")).map(({ text }) => text).join()).not.toContain(
      token,
    );
  });

  it("is found by an operator and linked", async () => {
    const carol = await join(mesh, "carol@example.com");
    await lemon("/emulator/chaos", { drop: 1 });
    const paid = await buy(carol, "carols-shop@example.com");
    await reconcile();
    const [event] = (await find("carols-shop@example.com"))?.events ?? [];
    expect(event?.state).toBe("unlinked");
    const path = `${ADMIN}/events/${event?.id}/link`;
    expect((await tell(path, { userId: carol.user.id }, carol)).status).toBe(403);
    const linked = await tell(path, { userId: carol.user.id });
    expect(await linked.json()).toMatchObject({ state: "applied" });
    await become(carol, { tier: "pro", subscriptionStatus: "active" });
    expect(await find("carols-shop@example.com")).toMatchObject({
      orderId: paid.orderId,
      owner: { id: carol.user.id },
      subscriptions: [{ id: paid.subscriptionId, status: "active" }],
      events: [],
    });
  });

  it("is helped out with a grant that ends by itself", async () => {
    const dave = await join(mesh, "dave@example.com");
    const path = `/v1/admin/users/${dave.user.id}/grants`;
    const grant = () => {
      // Long enough to be seen on a busy machine.
      const until = new Date(Date.now() + 10_000).toISOString();
      return { plan: "enterprise", until, reason: "webhook lost" };
    };
    expect((await tell(path, grant(), dave)).status).toBe(403);
    const body = grant();
    const { until } = body;
    expect((await tell(path, body)).status).toBe(201);
    const { tier } = await ask<Me>("/v1/me", dave);
    expect(tier === "enterprise" || Date.now() >= Date.parse(until)).toBe(true);
    await become(dave, { tier: "free", subscriptionStatus: "none" });
    expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(until));
  });
});
