import { TEMPLATE_NAMES, TEMPLATES, type TemplateName, variablesOf } from "@luna/shared/rpc/mailer";
import { describe, expect, it } from "vitest";

import { LOCALES, type Locale, localeOf } from "./locale.ts";
import { renderMail } from "./render-mail.ts";
import { SAMPLES } from "./samples.ts";

const SENDER = { name: "Luna Mesh", support: "support@example.com" };
const EVIL = `<img src=x onerror="alert('1')">&`;
const LANGUAGES = Object.keys(LOCALES) as Locale[];

const render = (template: TemplateName, locale: string, more: Record<string, string> = {}) => {
  const rendered = renderMail(template, locale, { ...SAMPLES[template], ...more }, SENDER);
  if (!rendered.ok) throw new Error(rendered.code);
  return rendered.value;
};

/** A value of its kind that can be found again in a mail. */
const marker = (name: string, kind: string): string => {
  if (kind === "link" || kind === "secret") return `https://x.org/marker-${name}`;
  if (kind === "time" || kind === "day") return "2031-07-08T09:10:00Z";
  return kind === "duration" ? "777600" : `marker-${name}`;
};
/** What a marker looks like once worded. */
const trace = (name: string, kind: string): RegExp => {
  if (kind === "time" || kind === "day") return /2031/;
  return kind === "duration" ? /\b9\b/ : new RegExp(`marker-${name}`);
};

const every = TEMPLATE_NAMES.flatMap((template) =>
  LANGUAGES.map((locale) => [template, locale] as const),
);

describe.each(every)("%s in %s", (template, locale) => {
  it("uses every variable of its template in both parts", () => {
    const variables = variablesOf(template);
    const markers = Object.fromEntries(variables.map(([name, kind]) => [name, marker(name, kind)]));
    const { text, html } = render(template, locale, markers);
    for (const [name, kind] of variables) {
      expect(text).toMatch(trace(name, kind));
      expect(html).toMatch(trace(name, kind));
    }
  });

  it("lets no variable become markup", () => {
    const names = variablesOf(template).filter(([, kind]) => kind === "text" || kind === "money");
    const evil = Object.fromEntries(names.map(([name]) => [name, EVIL]));
    const { html } = render(template, locale, evil);
    expect(html).not.toContain("<img");
    expect(html.match(/<\/?[a-z]+/g)?.length).toBe(
      render(template, locale).html.match(/<\/?[a-z]+/g)?.length,
    );
  });

  it("leaves nothing unfilled and names its language", () => {
    const { subject, text, html } = render(template, locale);
    expect(subject + text + html).not.toMatch(/undefined|null|\[object|\{\w+\}|Invalid Date/);
    expect(html).toContain(`<html lang="${locale}" dir="ltr">`);
    expect(text).toContain(SENDER.support);
  });

  it("loads nothing from anywhere", () => {
    expect(render(template, locale).html).not.toMatch(/<img|<script|<link|@import|url\(/i);
  });
});

describe("a language", () => {
  it("has every template, and no other", () => {
    for (const locale of LANGUAGES) {
      const { layout, ...phrases } = LOCALES[locale];
      expect(layout).toBeDefined();
      expect(Object.keys(phrases).toSorted()).toEqual(Object.keys(TEMPLATES).toSorted());
    }
  });

  it("shares no sentence with another", () => {
    const sentences = (locale: Locale): string[] =>
      TEMPLATE_NAMES.flatMap((name) => {
        const { subject, text } = render(name, locale);
        return [subject, ...text.split(/\n+|(?<=[.:!?]) /)];
      }).filter((line) => /\p{L}+ \p{L}+ \p{L}+/u.test(line));
    const english = new Set(sentences("en"));
    expect(english.size).toBeGreaterThan(60);
    const german = sentences("de");
    const spanish = sentences("es");
    expect([...german, ...spanish].filter((line) => english.has(line))).toEqual([]);
    expect(spanish.filter((line) => german.includes(line))).toEqual([]);
  });

  it("uses no word that only English has", () => {
    const foreign = /\b(the|your|you|and|with|this|mail us|if|click|account|plan is|until)\b/i;
    for (const locale of ["de", "es"] as const)
      for (const name of TEMPLATE_NAMES) {
        const { subject, text } = render(name, locale, { inviter: "Grace", team: "Machines" });
        const said = `${subject}\n${text}`.replaceAll(/https?:\S+|\S+@\S+/g, "");
        expect(said).not.toMatch(foreign);
      }
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
    const link = "https://app.example.com/verify?a=1&token=abc";
    const { html, text } = render("verify", "en", { link });
    expect(html).toContain('href="https://app.example.com/verify?a=1&amp;token=abc"');
    expect(text).toContain(link);
  });

  it.each(["javascript:alert(1)", "data:text/html,x", "https://x.org/ y", ""])(
    "refuses the link %j",
    (link) => {
      const rendered = renderMail("verify", "en", { name: "Ada", link }, SENDER);
      expect(rendered).toMatchObject({ ok: false, code: "bad_link" });
    },
  );

  it("names the variable that is missing, an inherited one too", () => {
    expect(renderMail("verify", "en", { name: "Ada" }, SENDER)).toMatchObject({
      ok: false,
      code: "missing_variable",
      detail: "link",
    });
  });

  it.each([
    "Win at evil.example",
    "http://evil.example",
    "eve@evil.example",
    "зло.рф",
    "evil。example",
    "ｅｖｉｌ．ｅｘａｍｐｌｅ",
    "eve＠evil",
    "x".repeat(61),
  ])("does not carry %j as a name to a stranger", (name) => {
    expect(render("verify", "en", { name }).text.startsWith("Hello,\n")).toBe(true);
    for (const locale of LANGUAGES) {
      const { subject, text, html } = render("invitation", locale, { inviter: name, team: name });
      expect(subject + text + html).not.toContain(name);
    }
  });

  it("lets no variable turn the direction of what follows it", () => {
    const turned = "Pro\u202e\u2067elpmaxe";
    const { subject, text, html } = render("receipt", "en", { plan: turned });
    expect(subject + text + html).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/);
    expect(subject).toBe("Your receipt for Pro elpmaxe");
  });

  it("keeps a line break in a variable from becoming one in the mail", () => {
    const { subject, text } = render("receipt", "en", { plan: "Pro\r\nBcc: eve@example.com" });
    expect(subject).toBe("Your receipt for Pro Bcc: eve@example.com");
    expect(text).toContain("Plan: Pro Bcc: eve@example.com\n");
  });
});
