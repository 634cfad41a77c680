import { describe, expect, it } from "vitest";

import { message } from "./message.fixture.ts";
import { sendGridTransport } from "./sendgrid-transport.ts";

const NOW = 1_900_000_000_000;

const sendWith = async (answer: () => Response | Promise<Response>, more = {}) => {
  const requests: { url: string; init: RequestInit }[] = [];
  const transport = sendGridTransport({
    apiUrl: "https://sendgrid.test/",
    apiKey: "SG.key",
    fetch: async (input, init) => {
      requests.push({
        url: input instanceof Request ? input.url : input.toString(),
        init: init ?? {},
      });
      return answer();
    },
    clock: () => NOW,
  });
  const outcome = await transport.send({ ...message, ...more });
  return { outcome, requests };
};

describe("the SendGrid transport", () => {
  it("sends both parts with the mail's id and without tracking", async () => {
    const accepted = new Response(null, { status: 202, headers: { "x-message-id": "sg-1" } });
    const { outcome, requests } = await sendWith(() => accepted);
    expect(outcome).toMatchObject({ class: "sent", providerId: "sg-1" });
    expect(requests[0]?.url).toBe("https://sendgrid.test/v3/mail/send");
    expect(new Headers(requests[0]?.init.headers).get("authorization")).toBe("Bearer SG.key");
    const body = requests[0]?.init.body;
    expect(JSON.parse(typeof body === "string" ? body : "")).toMatchObject({
      personalizations: [{ to: [{ email: "ada@example.com" }] }],
      from: { email: "no-reply@luna.example.com", name: "Luna Mesh" },
      content: [{ type: "text/plain" }, { type: "text/html" }],
      custom_args: { mail_id: "0001mail" },
      tracking_settings: { click_tracking: { enable: false } },
    });
  });

  it("waits as long as a 429 asks, but not for ever", async () => {
    const busy = (headers: Record<string, string>) => () =>
      new Response("{}", { status: 429, headers });
    await expect(sendWith(busy({ "retry-after": "7" }))).resolves.toMatchObject({
      outcome: { class: "transient", retryAfterMs: 7_000 },
    });
    const reset = String(NOW / 1_000 + 30);
    await expect(sendWith(busy({ "x-ratelimit-reset": reset }))).resolves.toMatchObject({
      outcome: { retryAfterMs: 30_000 },
    });
    await expect(sendWith(busy({ "retry-after": "999999" }))).resolves.toMatchObject({
      outcome: { retryAfterMs: 900_000 },
    });
    await expect(sendWith(busy({}))).resolves.toMatchObject({ outcome: { retryAfterMs: null } });
  });

  it("blames the account for a 401 and tells what was said", async () => {
    const refused = () => new Response('{"errors":[{"message":"bad key"}]}', { status: 401 });
    const { outcome } = await sendWith(refused);
    expect(outcome).toMatchObject({ class: "provider", code: "http_401" });
    expect(outcome.detail).toContain("bad key");
  });

  it("does not know what became of a request without an answer", async () => {
    const { outcome } = await sendWith(() => Promise.reject(new Error("connection lost")));
    expect(outcome).toMatchObject({ class: "ambiguous", code: "http_no_answer" });
  });

  it("asks nobody to send what must not be sent", async () => {
    const { outcome, requests } = await sendWith(() => new Response(), { subject: "a\r\nb" });
    expect(outcome.class).toBe("permanent");
    expect(requests).toEqual([]);
  });
});
