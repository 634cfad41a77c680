import { html, type Html } from "./html.ts";
import type { Letter, Phrases } from "./letter.ts";
import type { Locale } from "./locale.ts";

/** Mail programs drop style sheets, so every element carries its own; the sheet only adds the dark. */
const FONT = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";
const BODY = `margin:0;padding:0;background:#f4f4f7;${FONT}`;
const CARD = "max-width:480px;margin:0 auto;padding:32px;background:#ffffff;border-radius:12px";
const HEADING = "margin:0 0 16px;font-size:22px;line-height:1.3;color:#1b1b29";
const TEXT = "margin:0 0 16px;font-size:16px;line-height:1.5;color:#3c3c4d";
const SMALL = "margin:0 0 8px;font-size:13px;line-height:1.5;color:#6b6b7e";
const BUTTON =
  "display:inline-block;padding:12px 24px;border-radius:8px;background:#4b3fd6;color:#ffffff;font-size:16px;font-weight:600;text-decoration:none";
const LABEL = "padding:8px 16px 8px 0;font-size:14px;color:#6b6b7e;text-align:left";
const VALUE = "padding:8px 0;font-size:14px;font-weight:600;color:#1b1b29;text-align:right";

/** Gmail and Outlook invert colours on their own; those that do not get these. */
const DARK = html`<style>
  :root {
    color-scheme: light dark;
    supported-color-schemes: light dark;
  }
  @media (prefers-color-scheme: dark) {
    .page {
      background: #15151c !important;
    }
    .card {
      background: #20202b !important;
    }
    .strong {
      color: #f3f3f8 !important;
    }
    .text {
      color: #c9c9d6 !important;
    }
    .small {
      color: #9a9aac !important;
    }
  }
</style>`;

const actionHtml = ({ label, url }: NonNullable<Letter["action"]>, pasteLink: string): Html =>
  html` <p style="margin:24px 0"><a href="${url}" style="${BUTTON}">${label}</a></p>
    <p class="small" style="${SMALL}">
      ${pasteLink}<br />
      <a class="small" href="${url}" style="color:#6b6b7e;word-break:break-all">${url}</a>
    </p>`;

const detailsHtml = (details: Letter["details"]): Html =>
  html` <table
    role="presentation"
    width="100%"
    cellspacing="0"
    style="margin:0 0 16px;border-collapse:collapse"
  >
    ${details.map(
      ([label, value]) =>
        html` <tr style="border-top:1px solid #8888994d">
          <td class="small" style="${LABEL}">${label}</td>
          <td class="strong" style="${VALUE}">${value}</td>
        </tr>`,
    )}
  </table>`;

const NOTHING = html``;

/** The HTML part: one card, one button, nothing loaded from anywhere. */
export const letterHtml = (
  letter: Letter,
  layout: Phrases["layout"],
  locale: Locale,
  support: string,
): string =>
  html`<!doctype html>
    <html lang="${locale}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <meta name="color-scheme" content="light dark" />
        <title>${letter.subject}</title>
        ${DARK}
      </head>
      <body class="page" style="${BODY}">
        <div style="display:none;max-height:0;overflow:hidden">${letter.preview}</div>
        <table role="presentation" width="100%" cellspacing="0" cellpadding="0">
          <tr>
            <td style="padding:32px 16px">
              <div class="card" style="${CARD}">
                <h1 class="strong" style="${HEADING}">${letter.heading}</h1>
                ${letter.paragraphs.map(
                  (paragraph) => html` <p class="text" style="${TEXT}">${paragraph}</p>`,
                )}${letter.details.length === 0 ? NOTHING : detailsHtml(letter.details)}${
                  letter.action === null ? NOTHING : actionHtml(letter.action, layout.pasteLink)
                }${letter.notes.map((note) => html` <p class="small" style="${SMALL}">${note}</p>`)}
              </div>
              <p
                class="small"
                style="max-width:480px;margin:16px auto 0;text-align:center;font-size:13px;color:#6b6b7e"
              >
                ${layout.footer(support)}
              </p>
            </td>
          </tr>
        </table>
      </body>
    </html> `.markup;
