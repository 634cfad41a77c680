import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { startMesh, type Mesh } from "./mesh.ts";
import {
  bearer,
  eventually,
  join,
  json,
  mailsTo,
  PASSWORD,
  post,
  tokenFor,
  type Tokens,
} from "./people.ts";

interface Me {
  id: string;
  email: string;
  name: string;
  tier: string;
  subscriptionStatus: string;
}

describe("from sign-up to a paid plan", () => {
  let mesh: Mesh;
  beforeAll(async () => {
    mesh = await startMesh({ values: { ADMIN_EMAILS: "root@example.com" } });
  });
  afterAll(() => mesh.close());

  it("creates an account by mail, with user and usage row", async () => {
    const email = "ada@example.com";
    const signUp = await mesh.fetch("/v1/auth/sign-up", post({ email, password: PASSWORD }));
    expect(signUp.status).toBe(202);
    const token = await tokenFor(mesh, email);
    const verified = await mesh.fetch("/v1/auth/verify-email", post({ token }));
    expect(verified.status).toBe(200);
    const tokens = await verified.json<Tokens>();

    const me = await json<Me>(mesh.fetch("/v1/me", { headers: bearer(tokens) }));
    expect(me).toMatchObject({ email, tier: "free", subscriptionStatus: "none" });
    const { DB } = await mesh.server.getWorker<{ DB: D1Database }>("users").getEnv();
    const usage = await DB.prepare("SELECT count(*) AS rows FROM usage_metrics WHERE user_id = ?")
      .bind(tokens.user.id)
      .first<{ rows: number }>();
    expect(usage?.rows).toBe(1);
    const again = await mesh.fetch("/v1/auth/verify-email", post({ token }));
    expect(again.status).toBe(401);
  });

  it("signs in, refreshes, and reads and changes the profile", async () => {
    const email = "grace@example.com";
    await join(mesh, email);
    const signedIn = await json<Tokens>(
      mesh.fetch("/v1/auth/sign-in", post({ email, password: PASSWORD })),
    );
    const { refreshToken } = signedIn;
    const refreshed = await json<Tokens>(mesh.fetch("/v1/auth/refresh", post({ refreshToken })));
    expect(refreshed.refreshToken).not.toBe(refreshToken);

    const change = (body: object) =>
      mesh.fetch("/v1/me", {
        method: "PATCH",
        headers: { "content-type": "application/json", ...bearer(refreshed) },
        body: JSON.stringify(body),
      });
    const writable = {
      name: "Grace Hopper",
      avatarUrl: "https://example.com/grace.png",
      locale: "de-AT",
      timezone: "Europe/Vienna",
      marketingOptIn: true,
    };
    expect((await change(writable)).status).toBe(200);
    expect((await change({ name: "Mallory", tier: "enterprise" })).status).toBe(422);
    const me = await json<Me>(mesh.fetch("/v1/me", { headers: bearer(refreshed) }));
    expect(me).toMatchObject({ name: "Grace Hopper", tier: "free" });
  });

  it("sells a plan: checkout, signed webhooks, tier and receipt", async () => {
    const email = "linus@example.com";
    const tokens = await join(mesh, email);
    const checkout = await mesh.fetch(
      "/v1/billing/checkout",
      post({ plan: "pro" }, bearer(tokens)),
    );
    expect(checkout.status).toBe(201);
    const { url } = await checkout.json<{ url: string }>();
    const page = await (await fetch(url)).text();
    expect(page).toMatch(/<button[^>]*>[^<]*Pay/);

    const paid = await fetch(new URL("/emulator/pay", url), post({ email }));
    expect(paid.ok).toBe(true);
    const me = await eventually("the pro plan", async () => {
      const now = await json<Me>(mesh.fetch("/v1/me", { headers: bearer(tokens) }));
      return now.tier === "pro" && now;
    });
    expect(me.subscriptionStatus).toBe("active");
    const receipt = await eventually("a receipt", async () =>
      (await mailsTo(mesh, email)).find(({ subject }) => /receipt/i.test(subject)),
    );
    expect(receipt.text).toMatch(/Pro/);
  });

  it("runs scheduled jobs, and shows them to an administrator only", async () => {
    const admin = await join(mesh, "root@example.com");
    const stranger = await join(mesh, "eve@example.com");
    const path = "/v1/admin/scheduled-tasks/history";
    expect((await mesh.fetch(path)).status).toBe(401);
    expect((await mesh.fetch(path, { headers: bearer(stranger) })).status).toBe(403);
    const run = await mesh.fetch("/v1/admin/scheduled-tasks/outbox-sweep/run", {
      method: "POST",
      headers: bearer(admin),
    });
    expect(run.status).toBe(202);
    const execution = await eventually("the run in the history", async () => {
      const { recentExecutions } = await json<{
        recentExecutions: { name: string; state: string }[];
      }>(mesh.fetch(path, { headers: bearer(admin) }));
      return recentExecutions.find(({ name, state }) => name === "outbox-sweep" && state === "ok");
    });
    expect(execution).toMatchObject({ name: "outbox-sweep", state: "ok" });
  });

  it("reports the health of all six services", async () => {
    const response = await mesh.fetch("/health");
    const health = await response.json<{ checks: { services: object } }>();
    expect(response.status).toBe(200);
    expect(Object.keys(health.checks.services).sort()).toEqual([
      "auth",
      "billing-webhook",
      "gateway",
      "mailer",
      "scheduler",
      "users",
    ]);
  });
});
