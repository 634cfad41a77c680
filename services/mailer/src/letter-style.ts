import { html } from "./html.ts";

/** Mail programs drop style sheets, so every element carries its own; the sheet only adds the dark. */
export const STYLE = {
  page: "margin:0;padding:0;background:#f4f4f8;font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;-webkit-text-size-adjust:100%",
  column: "max-width:520px;margin:0 auto;text-align:left",
  brand:
    "margin:0 0 16px;padding:0 32px;font-size:14px;font-weight:700;letter-spacing:0.02em;color:#4338ca",
  card: "padding:32px;background:#ffffff;border:1px solid #e4e4ec;border-radius:12px",
  heading:
    "margin:0 0 20px;font-size:22px;font-weight:700;line-height:1.3;letter-spacing:-0.01em;color:#16161f",
  text: "margin:0 0 16px;font-size:16px;line-height:1.55;color:#3a3a4a",
  small: "margin:0 0 8px;font-size:13px;line-height:1.5;color:#63637a",
  button:
    "display:inline-block;padding:13px 24px;border-radius:8px;background:#4338ca;color:#ffffff;font-size:16px;font-weight:600;line-height:1.25;text-decoration:none",
  link: "color:#4338ca;text-decoration:underline;word-break:break-all",
  label:
    "padding:10px 16px 10px 0;border-top:1px solid #e4e4ec;font-size:14px;line-height:1.4;vertical-align:top;text-align:left;color:#63637a",
  value:
    "padding:10px 0;border-top:1px solid #e4e4ec;font-size:14px;font-weight:600;line-height:1.4;vertical-align:top;text-align:right;word-break:break-word;color:#16161f",
  footer: "margin:16px 0 0;padding:0 32px;font-size:13px;line-height:1.5;color:#63637a",
} as const;

/** Gmail and Outlook invert colours on their own; those that do not get these. */
export const DARK = html`<style>
  :root {
    color-scheme: light dark;
    supported-color-schemes: light dark;
  }
  @media (prefers-color-scheme: dark) {
    .page {
      background: #121218 !important;
    }
    .card {
      background: #1c1c25 !important;
      border-color: #32323f !important;
    }
    .line {
      border-color: #32323f !important;
    }
    .strong {
      color: #f3f3f8 !important;
    }
    .text {
      color: #cfcfdb !important;
    }
    .small {
      color: #9c9caf !important;
    }
    .brand,
    .link {
      color: #a5a1ff !important;
    }
    .button {
      background: #5b52e0 !important;
    }
  }
  @media (max-width: 480px) {
    .card {
      padding: 24px 20px !important;
    }
    .edge {
      padding: 0 20px !important;
    }
  }
</style>`;
