import { describe, expect, it } from "vitest";

import { deviceName, deviceOf } from "./device.ts";

const FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0";
const CHROME =
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";

describe("deviceName", () => {
  it.each([
    [FIREFOX, "Firefox, Linux"],
    [CHROME, "Chrome, Windows"],
    [`${CHROME} Edg/140.0`, "Edge, Windows"],
    [
      "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1",
      "Safari, iOS",
    ],
    ["Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Mobile Safari/537.36", "Chrome, Android"],
    ["curl/8.5.0", "curl"],
    ["node", ""],
    ["Win-at-evil.example/1", ""],
    ["Mozilla/5.0", ""],
    ["", ""],
  ])("of %j is %j", (userAgent, name) => {
    expect(deviceName(userAgent)).toBe(name);
  });
});

describe("deviceOf", () => {
  const of = (userAgent: string, address: string) =>
    deviceOf({ userAgent, address, region: null, language: "en" });

  it("knows a browser again after an update and in the same provider's network", async () => {
    const known = await of(FIREFOX, "192.0.2.1");
    expect(await of(FIREFOX.replaceAll("145", "146"), "192.0.77.9")).toBe(known);
    expect(await of(FIREFOX, "2001:db8:1::1")).toBe(await of(FIREFOX, "2001:db8:ffff::2"));
  });

  it("tells another browser and another network apart", async () => {
    const known = await of(FIREFOX, "192.0.2.1");
    expect(await of(CHROME, "192.0.2.1")).not.toBe(known);
    expect(await of(FIREFOX, "198.51.100.1")).not.toBe(known);
    expect(await of(FIREFOX, "2001:db9::1")).not.toBe(await of(FIREFOX, "2001:db8::1"));
  });

  it("shows neither browser nor address", async () => {
    expect(await of(FIREFOX, "192.0.2.1")).toMatch(/^[0-9a-f]{16}$/);
  });
});
