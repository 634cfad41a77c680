import { createHmac } from "node:crypto";

import { afterEach, describe, expect, it } from "vitest";

import { startMesh, type Mesh } from "./mesh.ts";
import {
  bearer,
  eventually,
  join,
  json,
  mailsTo,
  PASSWORD,
  patiently,
  post,
  tokenFor,
} from "./people.ts";

/** What `/health` promises, and as much again for a busy machine. */
const IN_TIME_MS = 2_000;

interface Report {
  checks: { services: Record<string, { status: string }> };
}

describe("an outage of one service", () => {
  let mesh: Mesh;
  afterEach(() => mesh.close());

  it("of mailer delays a mail and loses none", async () => {
    mesh = await startMesh({ absent: { mailer: "down" } });
    const email = "ada@example.com";
    const signUp = await mesh.fetch("/v1/auth/sign-up", post({ email, password: PASSWORD }));
    expect(signUp.status).toBe(202);
    await mesh.change({});
    const token = await tokenFor(mesh, email);
    expect((await mesh.fetch("/v1/auth/verify-email", post({ token }))).status).toBe(200);
    expect(await mailsTo(mesh, email)).toHaveLength(1);
  });

  it("of users makes health say so within a second, and sign-in still answers", async () => {
    mesh = await startMesh();
    const email = "ada@example.com";
    const tokens = await join(mesh, email);
    await mesh.change({ users: "hung" });
    // Who has just been started may be late once; who hangs is late for ever.
    await eventually("a health in time that blames users and nobody else", async () => {
      const asked = mesh.fetch("/health", { signal: AbortSignal.timeout(IN_TIME_MS) });
      const health = await asked.catch(() => null);
      if (health === null) return false;
      expect(health.status).toBe(503);
      const { services } = (await health.json<Report>()).checks;
      expect(services["users"]?.status).toBe("unhealthy");
      return services["auth"]?.status === "healthy";
    });
    const credentials = post({ email, password: PASSWORD });
    const signIn = await patiently("to sign in", () => mesh.fetch("/v1/auth/sign-in", credentials));
    expect(signIn.status).toBe(200);

    await mesh.change({ users: "down" });
    expect((await mesh.fetch("/v1/me", { headers: bearer(tokens) })).status).toBe(503);
  });

  it("of users delays a profile and loses none", async () => {
    mesh = await startMesh({ absent: { users: "down" } });
    const email = "ada@example.com";
    const tokens = await join(mesh, email);
    await mesh.change({});
    const me = await eventually("the profile", async () => {
      const response = await mesh.fetch("/v1/me", { headers: bearer(tokens) });
      return response.status === 200 && (await response.json<{ email: string }>());
    });
    expect(me.email).toBe(email);
  });

  it("of the gateway loses no webhook: billing-webhook has its own door", async () => {
    mesh = await startMesh({ absent: { gateway: "down" } });
    const body = '{"meta":{"event_name":"order_created","webhook_id":"w1"},"data":{}}';
    const secret = mesh.secrets["LEMONSQUEEZY_WEBHOOK_SECRET"] ?? "";
    const deliver = (signature: string) =>
      mesh.server.getWorker("billing-webhook").fetch("/webhooks/lemonsqueezy", {
        method: "POST",
        headers: { "content-type": "application/json", "x-signature": signature },
        body,
      });
    const signature = createHmac("sha256", secret).update(body).digest("hex");
    expect((await deliver(signature)).status).toBe(200);
    expect((await deliver(signature.replace(/^./, "z"))).status).toBe(401);
    const { DB } = await mesh.server.getWorker<{ DB: D1Database }>("billing-webhook").getEnv();
    const stored = await DB.prepare("SELECT count(*) AS n FROM inbox").first<{ n: number }>();
    expect(stored?.n).toBe(1);
  });
});

describe("a service without a secret it needs", () => {
  let mesh: Mesh;
  afterEach(() => mesh.close());

  it.each([
    ["missing", null],
    ["weak", "changeme"],
  ])(
    "answers 503 misconfigured when it is %s, and names it in the log only",
    async (_how, value) => {
      mesh = await startMesh({ values: { PASSWORD_PEPPERS: value } });
      const response = await mesh.fetch(
        "/v1/auth/sign-in",
        post({ email: "a@b.example", password: "x" }),
      );
      expect(response.status).toBe(503);
      const problem = await response.text();
      expect(JSON.parse(problem)).toMatchObject({ code: "misconfigured" });
      expect(problem).not.toMatch(/PEPPER|changeme/);

      const logged = (text: string) =>
        mesh.server.getLogs().some(({ message }) => message.includes(text));
      await eventually("its name in the log", () => Promise.resolve(logged("PASSWORD_PEPPERS")));
      expect(logged("changeme")).toBe(false);
      const health = await json<{ status: string }>(mesh.fetch("/health"));
      expect(health.status).toBe("unhealthy");
    },
  );
});
