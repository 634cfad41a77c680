import { describe, expect, it } from "vitest";

import { localeOf } from "./locale.ts";
import { readerOf, wording } from "./wording.ts";

const reader = (tag: string, timeZone?: string) => readerOf(localeOf(tag), tag, timeZone);
/** Intl puts narrow and unbreakable spaces where a test has plain ones. */
const plain = (text: string) => text.replaceAll(/\s/g, " ");

describe("a duration", () => {
  it.each([
    ["en", "86400", "1 day"],
    ["en", "604800", "7 days"],
    ["en", "129600", "36 hours"],
    ["en", "3600", "1 hour"],
    ["en", "1800", "30 minutes"],
    ["en", "61", "2 minutes"],
    ["de", "86400", "1 Tag"],
    ["de", "172800", "2 Tage"],
    ["de", "3600", "1 Stunde"],
    ["es", "86400", "1 día"],
    ["es", "604800", "7 días"],
    ["es", "60", "1 minuto"],
  ])("in %s of %s seconds is %j", (tag, seconds, text) => {
    expect(plain(wording("duration", seconds, reader(tag)))).toBe(text);
  });
});

describe("money", () => {
  it.each([
    ["en", "49.00 USD", "$49.00"],
    ["de", "1049.50 EUR", "1.049,50 €"],
    ["de-AT", "1049.50 EUR", "€ 1.049,50"],
    ["es", "49.00 USD", "49,00 US$"],
    ["en", "123456789012.34 USD", "$123,456,789,012.34"],
    ["de", "4900 JPY", "4.900 ¥"],
    ["de", "US$49.00", "US$49.00"],
    ["de", "49.00 usd; x", "49.00 usd; x"],
  ])("in %s of %j is %j", (tag, amount, text) => {
    expect(plain(wording("money", amount, reader(tag)))).toBe(text);
  });
});

describe("a moment", () => {
  const AT = "2030-03-09T23:30:00.000Z";

  it.each([
    ["en", undefined, "March 9, 2030"],
    ["en", "Europe/Berlin", "March 10, 2030"],
    ["en-GB", "Europe/London", "9 March 2030"],
    ["en_GB", undefined, "9 March 2030"],
    ["de", "America/New_York", "9. März 2030"],
    ["es", "Asia/Tokyo", "10 de marzo de 2030"],
    ["en", "Mars/Olympus", "March 9, 2030"],
    ["de-u-ca-buddhist-nu-thai", undefined, "9. März 2030"],
    ["de-not_a_tag!", undefined, "9. März 2030"],
  ])("in %s, zone %s, falls on %j", (tag, timeZone, text) => {
    expect(plain(wording("day", AT, reader(tag, timeZone)))).toBe(text);
  });

  it.each([
    ["en", undefined, "March 9, 2030 at 11:30 PM UTC"],
    ["de", "Europe/Berlin", "10. März 2030 um 00:30 MEZ"],
    ["es", "Europe/Madrid", "10 de marzo de 2030 a las 0:30 CET"],
  ])("in %s, zone %s, is %j with its zone", (tag, timeZone, text) => {
    expect(plain(wording("time", AT, reader(tag, timeZone)))).toBe(text);
  });

  it("keeps the reader's own region", () => {
    expect(wording("day", "2030-01-01T12:00:00Z", reader("de-AT"))).toBe("1. Jänner 2030");
  });
});
