import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { breach } from "./contract.ts";
import { bearer, eventually, post, PASSWORD, type Mail, type Tokens } from "./people.ts";
import { newPlace, RealMesh, removePlace, type Place } from "./real-mesh.ts";

/** Process death, not power loss: the operating system keeps what was written. */
describe("kill -9 of every process", { timeout: 360_000 }, () => {
  let place: Place;
  let mesh: RealMesh;
  beforeEach(async () => {
    place = await newPlace();
    mesh = new RealMesh(place);
    await mesh.ready();
  });
  afterEach(async () => {
    await mesh.killAll();
    removePlace(place);
  });

  const restart = async (): Promise<void> => {
    await mesh.killAll();
    mesh = new RealMesh(place);
    await mesh.ready();
  };
  const api = async (path: string, init?: RequestInit): Promise<Response> => {
    const response = await fetch(`http://127.0.0.1:${place.port}${path}`, init);
    expect(await breach(init?.method ?? "GET", path, response.clone())).toBeNull();
    return response;
  };
  const mails = async (email: string): Promise<Mail[]> => {
    const response = await fetch(`http://127.0.0.1:${place.mailPort}/api/messages`);
    return (await response.json<Mail[]>()).filter(({ to }) => to.includes(email));
  };
  const linkToken = (email: string) =>
    eventually("the confirmation mail", async () => {
      const [mail] = await mails(email);
      return /token=([\w-]+)/.exec(mail?.text ?? "")?.[1];
    });

  it("right after a 202 delays the mail and loses nothing; right after a 200, neither", async () => {
    const email = "ada@example.com";
    const signUp = await api("/v1/auth/sign-up", post({ email, password: PASSWORD }));
    expect(signUp.status).toBe(202);
    await restart();
    const token = await linkToken(email);

    const verified = await api("/v1/auth/verify-email", post({ token }));
    expect(verified.status).toBe(200);
    const tokens = await verified.json<Tokens>();
    await restart();
    const me = await eventually("the profile", async () => {
      const response = await api("/v1/me", { headers: bearer(tokens) });
      return response.status === 200 && (await response.json<{ email: string }>());
    });
    expect(me.email).toBe(email);

    const checkout = await api("/v1/billing/checkout", post({ plan: "pro" }, bearer(tokens)));
    expect(checkout.status).toBe(201);
    await fetch(`http://127.0.0.1:${place.lemonPort}/emulator/pay`, post({ email }));
    await restart();
    await eventually("the paid plan", async () => {
      const response = await api("/v1/me", { headers: bearer(tokens) });
      return response.status === 200 && (await response.json<{ tier: string }>()).tier === "pro";
    });
    await eventually("the receipt", async () => (await mails(email)).length >= 2);
  });
});
