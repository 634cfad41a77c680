import { describe, expect, it } from "vitest";

import { phpJson } from "./php-json.ts";
import { linkIsValid, sign, signLink } from "./signature.ts";

const NOW = 1_700_000_000_000;
const HOUR_MS = 3_600_000;

describe("signature", () => {
  it("is the hex HMAC-SHA256 of RFC 4231's second case", () => {
    expect(sign("Jefe", "what do ya want for nothing?")).toBe(
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    );
  });

  it("does not hold for the same JSON serialised in another form", () => {
    const event = { url: "https://a.b/ü" };
    expect(sign("secret", phpJson(event))).not.toBe(sign("secret", JSON.stringify(event)));
  });

  it("opens a portal link for six hours and no longer", () => {
    const url = new URL(signLink("secret", "http://127.0.0.1:1", "/portal/1", NOW));
    expect(url.searchParams.get("expires")).toBe("1700021600");
    expect(linkIsValid("secret", url, "/portal/1", NOW + 6 * HOUR_MS - 1)).toBe(true);
    expect(linkIsValid("secret", url, "/portal/1", NOW + 6 * HOUR_MS)).toBe(false);
  });

  it("does not open another customer's portal, nor one made longer", () => {
    const url = new URL(signLink("secret", "http://127.0.0.1:1", "/portal/1", NOW));
    expect(linkIsValid("secret", url, "/portal/2", NOW)).toBe(false);
    url.searchParams.set("expires", "1900000000");
    expect(linkIsValid("secret", url, "/portal/1", NOW)).toBe(false);
  });
});
