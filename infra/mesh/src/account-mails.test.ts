import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { startMesh, type Mesh } from "./mesh.ts";
import { bearer, eventually, join, json, mailsTo, PASSWORD, post, tokenFor } from "./people.ts";

const FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0";

/** The first mail to an address with this subject. */
const mailOf = (mesh: Mesh, address: string, subject: string) =>
  eventually(`"${subject}" to ${address}`, async () =>
    (await mailsTo(mesh, address)).find((mail) => mail.subject === subject),
  );

describe("mails about an account", () => {
  let mesh: Mesh;
  beforeAll(async () => {
    mesh = await startMesh({ values: { ADMIN_EMAILS: "root@example.com" } });
  });
  afterAll(() => mesh.close());

  const signIn = (email: string, headers = {}) =>
    mesh.fetch("/v1/auth/sign-in", post({ email, password: PASSWORD }, headers));
  const emailOf = async (tokens: { accessToken: string }) =>
    (await json<{ email: string }>(mesh.fetch("/v1/me", { headers: bearer(tokens) }))).email;

  it("moves an account to the address that was verified, everywhere, and tells the old one", async () => {
    const ada = await join(mesh, "ada@example.com");
    const body = { newEmail: "ada@new.example.com", password: PASSWORD };
    const asked = await mesh.fetch("/v1/auth/change-email", post(body, bearer(ada)));
    expect(asked.status).toBe(202);
    await mailOf(mesh, "ada@example.com", "Your email address is about to change");
    expect(await emailOf(ada)).toBe("ada@example.com");

    const token = await tokenFor(mesh, "ada@new.example.com");
    expect((await mesh.fetch("/v1/auth/verify-email", post({ token }))).status).toBe(200);
    expect(await emailOf(ada)).toBe("ada@new.example.com");
    expect((await signIn("ada@new.example.com")).status).toBe(200);
    expect((await signIn("ada@example.com")).status).toBe(401);
  });

  it("warns of a new device and a new key in the language of the profile", async () => {
    const eve = await join(mesh, "eve@example.com");
    const change = { ...post({ locale: "de", timezone: "Europe/Vienna" }, bearer(eve)) };
    expect((await mesh.fetch("/v1/me", { ...change, method: "PATCH" })).status).toBe(200);
    expect((await signIn("eve@example.com", { "user-agent": FIREFOX })).status).toBe(200);
    const warning = await mailOf(mesh, "eve@example.com", "Neue Anmeldung in deinem Konto");
    expect(warning.text).toContain("Gerät: Firefox, Linux\n");
    expect(warning.text).toMatch(/Zeitpunkt: .+ ME(?:S)?Z\n/);
    await mesh.fetch("/v1/api-keys", post({ name: "robot" }, bearer(eve)));
    await mailOf(mesh, "eve@example.com", "Ein neuer API-Schlüssel für dein Konto");
  });

  it("sends what was refused again when an operator asks for it in bulk", async () => {
    const root = await join(mesh, "root@example.com");
    const bob = await join(mesh, "bob@example.com");
    const fault = (mode: string) =>
      fetch(`http://127.0.0.1:${mesh.sink.httpPort}/api/faults`, post({ mode, rate: 1 }));
    await fault("550");
    await mesh.fetch("/v1/api-keys", post({ name: "robot" }, bearer(bob)));
    const selection = { template: "key_created", to: "BOB@example.com" };
    const change = (verb: string, body: object) =>
      json<{ matched: number; changed: number }>(
        mesh.fetch(`/v1/admin/mail/${verb}`, post(body, bearer(root))),
      );
    await eventually("the refusal", async () => {
      const { matched } = await change("retry", { ...selection, dryRun: true });
      return matched === 1;
    });
    await fault("none");
    expect(await change("retry", selection)).toMatchObject({ matched: 1, changed: 1 });
    await mailOf(mesh, "bob@example.com", "A new API key for your account");
  });
});
