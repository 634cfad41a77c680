import { TEMPLATE_NAMES } from "@luna/shared/rpc/mailer";
import { expect, it } from "vitest";

import { freshPreviews } from "./fresh-previews.ts";
import { previewFiles } from "./preview-files.ts";

const LOCALES = ["en", "de", "es"];

it("has every template in every language, as HTML and as text, and a page that shows them", async () => {
  const files = await previewFiles();
  const page = files.get("index.html") ?? "";
  for (const template of TEMPLATE_NAMES)
    for (const locale of LOCALES) {
      expect(files.get(`${template}.${locale}.html`)).toContain(`<html lang="${locale}"`);
      expect(files.get(`${template}.${locale}.txt`)).toContain("support@example.com");
      expect(page).toContain(`src="${template}.${locale}.html"`);
    }
  expect(files.size).toBe(TEMPLATE_NAMES.length * LOCALES.length * 2 + 2);
});

it("needs no script", async () => {
  const text = [...(await previewFiles()).values()].join("");
  expect(text).not.toMatch(/<script|\son\w+=/);
});

it("is rendered in a thread that knows nothing of earlier renderings", async () => {
  expect((await freshPreviews()).get("index.html")).toBe((await previewFiles()).get("index.html"));
});
