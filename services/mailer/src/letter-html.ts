import { html, type Html } from "./html.ts";
import { DARK, STYLE } from "./letter-style.ts";
import type { Letter, Phrases, Sender } from "./letter.ts";
import type { Locale } from "./locale.ts";

const NOTHING = html``;

/** Keeps the inbox from showing what follows the preview line; nobody sees or hears these. */
const PADDING = html`<span aria-hidden="true"
  >${Array.from({ length: 60 }, () => html`&#8199;&#847; `)}</span
>`;

/** A table cell is the one button that Outlook draws as well. */
const actionHtml = (
  { label, url }: NonNullable<Letter["action"]>,
  { pasteLink }: Phrases["layout"],
): Html =>
  html` <table
      role="presentation"
      cellspacing="0"
      cellpadding="0"
      border="0"
      style="margin:8px 0 24px"
    >
      <tr>
        <td class="button" bgcolor="#4338ca" style="border-radius:8px">
          <a class="button" href="${url}" style="${STYLE.button}">${label}</a>
        </td>
      </tr>
    </table>
    <p class="small" style="${STYLE.small}">
      ${pasteLink}<br />
      <a class="link" href="${url}" style="${STYLE.link}">${url}</a>
    </p>`;

const detailsHtml = (details: readonly (readonly [string, string])[]): Html =>
  html` <table
    role="presentation"
    width="100%"
    cellspacing="0"
    cellpadding="0"
    border="0"
    style="margin:0 0 24px"
  >
    ${details.map(
      ([label, value]) =>
        html`<tr>
          <td class="small line" style="${STYLE.label}">${label}</td>
          <td class="strong line" style="${STYLE.value}">${value}</td>
        </tr>`,
    )}
  </table>`;

const headHtml = (subject: string): Html =>
  html` <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <meta name="supported-color-schemes" content="light dark" />
    <!-- Phones make links of dates and numbers unless told not to. -->
    <meta name="format-detection" content="telephone=no, date=no, address=no, email=no" />
    <title>${subject}</title>
    ${DARK}
  </head>`;

/** The HTML part: one card, one button, nothing loaded from anywhere. */
export const letterHtml = (
  { subject, preview, heading, paragraphs, details = [], action, notes = [] }: Letter,
  layout: Phrases["layout"],
  locale: Locale,
  { name, support }: Sender,
): string =>
  html`<!doctype html>
    <html lang="${locale}" dir="ltr">
      ${headHtml(subject)}
      <body class="page" style="${STYLE.page}">
        <div style="display:none;max-height:0;overflow:hidden;opacity:0">${preview}${PADDING}</div>
        <table
          class="page"
          role="presentation"
          width="100%"
          cellspacing="0"
          cellpadding="0"
          border="0"
          bgcolor="#f4f4f8"
        >
          <tr>
            <td align="center" style="padding:32px 16px">
              <!--[if mso]><table role="presentation" width="520" align="center"><tr><td><![endif]-->
              <div style="${STYLE.column}">
                ${name === "" ? NOTHING : html`<p class="brand edge" style="${STYLE.brand}">${name}</p>`}
                <div class="card" style="${STYLE.card}">
                  <h1 class="strong" style="${STYLE.heading}">${heading}</h1>
                  ${paragraphs.map(
                    (paragraph) => html`<p class="text" style="${STYLE.text}">${paragraph}</p> `,
                  )}
                  ${details.length === 0 ? NOTHING : detailsHtml(details)}
                  ${action === undefined ? NOTHING : actionHtml(action, layout)}
                  ${notes.map((note) => html`<p class="small" style="${STYLE.small}">${note}</p> `)}
                </div>
                <p class="small edge" style="${STYLE.footer}">${layout.footer(support)}</p>
              </div>
              <!--[if mso]></td></tr></table><![endif]-->
            </td>
          </tr>
        </table>
      </body>
    </html> `.markup;
