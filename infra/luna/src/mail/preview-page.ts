import type { Sample, SampleGroup } from "./render-samples.ts";

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
};
const escape = (text: string): string =>
  text.replaceAll(/[&<>"]/g, (character) => ESCAPES[character] ?? "");

/** What the files of one mail begin with. */
export const fileOf = ({ template, locale }: Sample): string => `${template}.${locale}`;

const mail = (sample: Sample): string => `
      <figure>
        <figcaption>
          <b>${sample.locale}</b> ${escape(sample.subject)}
          <span><a href="${fileOf(sample)}.html">HTML</a> <a href="${fileOf(sample)}.txt">Text</a></span>
        </figcaption>
        <iframe src="${fileOf(sample)}.html" title="${sample.template}, ${sample.locale}" loading="lazy" sandbox="allow-popups"></iframe>
      </figure>`;

const section = ({ template, policy, samples }: SampleGroup): string => `
    <section id="${template}">
      <h2>${template}</h2>
      <p>${escape(policy)}</p>
      <div class="mails">${samples.map(mail).join("")}
      </div>
    </section>`;

/** Every mail on one page. No script: it must also work from a folder. */
export const previewPage = (groups: readonly SampleGroup[]): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>Mail templates</title>
<link rel="stylesheet" href="preview.css">
</head>
<body>
  <header>
    <h1>Mail templates</h1>
    <label><input type="checkbox" id="dark"> Dark</label>
    <nav>${groups.map(({ template }) => `<a href="#${template}">${template}</a>`).join(" ")}</nav>
  </header>
  <main>${groups.map(section).join("")}
  </main>
</body>
</html>
`;

/** A frame sees the colour scheme of its element, so one box darkens every mail. */
export const PREVIEW_STYLE = `
:root { color-scheme: light dark; --line: light-dark(#e2e1db, #30333a); --quiet: light-dark(#5c606a, #a3a7b1); --accent: light-dark(#4b3fc4, #b4abff); }
* { box-sizing: border-box; }
body { margin: 0; background: light-dark(#f6f6f3, #131417); color: light-dark(#1b1d22, #eceae4); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
header { position: sticky; top: 0; display: flex; flex-wrap: wrap; align-items: baseline; gap: 4px 20px; padding: 12px 24px; background: light-dark(#ffffff, #1b1d21); border-bottom: 1px solid var(--line); }
h1 { margin: 0; font-size: 17px; }
nav { display: flex; flex-wrap: wrap; gap: 2px 14px; font-size: 13px; }
a { color: var(--accent); }
section { padding: 20px 24px; scroll-margin-top: 90px; border-bottom: 1px solid var(--line); }
h2 { margin: 0; font-size: 20px; }
p, figcaption span { color: var(--quiet); font-size: 13px; }
p { margin: 2px 0 14px; }
.mails { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 360px), 1fr)); gap: 20px; }
figure { margin: 0; }
figcaption { margin-bottom: 6px; }
iframe { width: 100%; height: 620px; border: 1px solid var(--line); border-radius: 10px; background: #ffffff; color-scheme: light; }
:root:has(#dark:checked) iframe { color-scheme: dark; background: #121218; }
`;
