import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { startTestEmulator, type TestEmulator } from "./test-emulator.ts";

let emulator: TestEmulator;
beforeEach(async () => {
  emulator = await startTestEmulator();
});
afterEach(() => emulator.stop());

const html = async (): Promise<string> => (await emulator.call("/")).text();
const linksIn = (page: string): string[] =>
  [...page.matchAll(/<a href="([^"]+)"/g)].map(([, link = ""]) => link.replaceAll("&amp;", "&"));

describe("the first page of the emulator", () => {
  it("says what it is and what to do when it holds nothing", async () => {
    const answer = await emulator.call("/");
    expect(answer.status).toBe(200);
    expect(answer.headers.get("Content-Type")).toMatch(/^text\/html/);
    const page = await answer.text();
    expect(page).toContain("Stands in for LemonSqueezy");
    expect(page).toContain("POST /v1/billing/checkout");
    expect(page).toContain("luna lemon pay");
  });

  it("leads to the pages of what it holds", async () => {
    const path = await emulator.checkoutPath({ email: "grace@luna.test" });
    expect(linksIn(await html())).toContain(path);
    const { subscriptionId, orderId } = await emulator.buy({ email: "ada@luna.test" });
    const page = await html();
    for (const known of [subscriptionId, orderId, "ada@luna.test", "$49.00"])
      expect(page).toContain(known);
    for (const link of linksIn(page))
      expect([link, (await emulator.call(link)).status]).toEqual([link, 200]);
    expect(linksIn(page).some((link) => link.startsWith("/portal/"))).toBe(true);
  });

  it("leaves out a checkout that is paid", async () => {
    const path = await emulator.checkoutPath();
    await emulator.post("/emulator/pay");
    expect(linksIn(await html())).not.toContain(path);
  });

  it("shows each webhook, how far it got and what was answered", async () => {
    await emulator.buy();
    await vi.waitFor(
      async () =>
        expect((await html()).replaceAll(/\s*<[^>]+>\s*/g, " ")).toMatch(
          / order_created +Delivered +200 /,
        ),
      { timeout: 20_000, interval: 50 },
    );
  });

  it("shows the newest of many, and how many there are", async () => {
    await emulator.post("/emulator/bulk", { purchases: 25 });
    const page = await html();
    expect(page).toContain("newest 20 of 25");
    expect(page.match(/href="\/portal\//g)).toHaveLength(20);
  });

  it("shows an address as text, whatever it is", async () => {
    await emulator.checkout({ email: '"><script>@luna.test' });
    const page = await html();
    expect(page).toContain("&quot;&gt;&lt;script&gt;@luna.test");
    expect(page).not.toContain("<script");
  });
});
