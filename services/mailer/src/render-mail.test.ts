import { TEMPLATE_NAMES, TEMPLATE_VARIABLES, type TemplateName } from "@luna/shared/rpc/mailer";
import { describe, expect, it } from "vitest";

import { LOCALES, type Locale, localeOf } from "./locale.ts";
import { renderMail } from "./render-mail.ts";

const SUPPORT = "support@example.com";
const EVIL = `<img src=x onerror="alert('1')">&`;

const render = (template: TemplateName, locale: string, more: Record<string, string> = {}) => {
  const variables: Record<string, string> = {
    name: "Ada",
    link: "https://app.example.com/verify?a=1&token=abc",
    plan: "Pro",
    amount: "$49.00",
    invoice: "INV-1",
    ...more,
  };
  const rendered = renderMail(template, locale, variables, SUPPORT);
  if (!rendered.ok) throw new Error(rendered.code);
  return rendered.value;
};

const every = TEMPLATE_NAMES.flatMap((template) =>
  (Object.keys(LOCALES) as Locale[]).map((locale) => [template, locale] as const),
);

describe.each(every)("%s in %s", (template, locale) => {
  it("uses every variable of its template in both parts", () => {
    const markers = Object.fromEntries(
      TEMPLATE_VARIABLES[template].map((name) => [
        name,
        name === "link" ? "https://x.org/marker-link" : `marker-${name}`,
      ]),
    );
    const { text, html } = render(template, locale, markers);
    const used = (part: string) =>
      TEMPLATE_VARIABLES[template].filter((name) => part.includes(`marker-${name}`));
    expect(used(text)).toEqual(TEMPLATE_VARIABLES[template]);
    expect(used(html)).toEqual(TEMPLATE_VARIABLES[template]);
  });

  it("lets no variable become markup", () => {
    const names = TEMPLATE_VARIABLES[template].filter((name) => name !== "link");
    const evil = Object.fromEntries(names.map((name) => [name, EVIL]));
    const { html } = render(template, locale, evil);
    expect(html).not.toContain("<img");
    expect(html.match(/<\/?[a-z]+/g)?.length).toBe(
      render(template, locale).html.match(/<\/?[a-z]+/g)?.length,
    );
  });

  it("leaves nothing unfilled and names its language", () => {
    const { subject, text, html } = render(template, locale);
    expect(subject + text + html).not.toMatch(/undefined|null|\[object|\{\w+\}/);
    expect(html).toContain(`<html lang="${locale}">`);
    expect(text).toContain(SUPPORT);
  });
});

describe("a language", () => {
  it("shares no sentence with another", () => {
    const sentences = (locale: Locale): string[] =>
      TEMPLATE_NAMES.flatMap((name) => render(name, locale).text.split(/\n+|(?<=[.:]) /)).filter(
        (line) => /\p{L}+ \p{L}+ \p{L}+/u.test(line),
      );
    const english = new Set(sentences("en"));
    expect(english.size).toBeGreaterThan(10);
    const others = [...sentences("de"), ...sentences("es")];
    expect(others.filter((line) => english.has(line))).toEqual([]);
  });

  it.each([
    ["de-AT", "de"],
    ["ES", "es"],
    ["en_GB", "en"],
    ["fr", "en"],
    ["__proto__", "en"],
    ["", "en"],
  ])("is chosen for %j: %s", (tag, locale) => {
    expect(localeOf(tag)).toBe(locale);
  });
});

describe("renderMail", () => {
  it("escapes the link in the attribute and shows it in the text as it is", () => {
    const { html, text } = render("verify", "en");
    expect(html).toContain('href="https://app.example.com/verify?a=1&amp;token=abc"');
    expect(text).toContain("https://app.example.com/verify?a=1&token=abc");
  });

  it.each(["javascript:alert(1)", "data:text/html,x", "https://x.org/ y", ""])(
    "refuses the link %j",
    (link) => {
      const rendered = renderMail("verify", "en", { name: "Ada", link }, SUPPORT);
      expect(rendered).toMatchObject({ ok: false, code: "bad_link" });
    },
  );

  it("names the variable that is missing, an inherited one too", () => {
    expect(renderMail("verify", "en", { name: "Ada" }, SUPPORT)).toMatchObject({
      ok: false,
      code: "missing_variable",
      detail: "link",
    });
  });

  it.each(["Win at evil.example", "http://evil.example", "eve@evil.example", "x".repeat(61)])(
    "does not carry %j as a name to a stranger",
    (name) => {
      expect(render("verify", "en", { name }).text.startsWith("Hello,\n")).toBe(true);
    },
  );

  it("keeps a line break in a variable from becoming one in the mail", () => {
    const { subject, text } = render("receipt", "en", { plan: "Pro\r\nBcc: eve@example.com" });
    expect(subject).toBe("Your receipt for Pro Bcc: eve@example.com");
    expect(text).toContain("Plan: Pro Bcc: eve@example.com\n");
  });
});
