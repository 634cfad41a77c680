import { asset, htmlPage } from "../html.ts";
import type { Reply } from "../http-server.ts";
import { BASE_STYLE } from "../page-style.ts";
import { SINK_SCRIPT } from "./page-script.ts";
import { SINK_STYLE } from "./page-style.ts";

const HEAD = `<link rel="stylesheet" href="/page.css">
<script type="module" src="/page.js"></script>`;

/** Links of a mail open a new tab, out of the sandbox; its scripts and remote images never load. */
const BODY = `<body>
<header class="bar">
  <h1>Mail sink</h1>
  <p id="status" role="status">Loading…</p>
  <a href="/templates/">All templates</a>
  <button id="clear" class="plain" type="button" hidden>Delete all</button>
</header>
<main>
  <nav aria-label="Mails"><ol id="list"></ol></nav>
  <p id="empty" class="empty" hidden>No mail yet. Mail that the mesh sends shows up here by itself.</p>
  <article id="mail" aria-labelledby="subject" tabindex="-1" hidden>
    <h2 id="subject"></h2>
    <dl>
      <div><dt>From</dt><dd id="from"></dd></div>
      <div><dt>To</dt><dd id="to"></dd></div>
      <div><dt>Received</dt><dd><time id="received"></time></dd></div>
    </dl>
    <div class="parts" role="group" aria-label="Part of the mail to show">
      <button type="button" data-part="html">HTML</button>
      <button type="button" data-part="text">Text</button>
      <button type="button" data-part="headers">Headers</button>
    </div>
    <iframe id="html" title="The mail as HTML" sandbox="allow-popups allow-popups-to-escape-sandbox"></iframe>
    <pre id="text" tabindex="0"></pre>
    <pre id="headers" tabindex="0"></pre>
  </article>
</main>
<noscript><p class="empty">This page needs JavaScript; the mails are at <a href="/api/messages">/api/messages</a>.</p></noscript>
</body>`;

export const page = (): Reply => htmlPage("Mail sink", HEAD, BODY);
export const pageStyle = (): Reply => asset("text/css", BASE_STYLE + SINK_STYLE);
export const pageScript = (): Reply => asset("text/javascript", SINK_SCRIPT);

/** A mail's own HTML, with nothing it could run or call home with. */
const FRAME_POLICY = [
  "sandbox allow-popups allow-popups-to-escape-sandbox",
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  "img-src data:",
  "frame-ancestors 'self'",
].join("; ");

/** Mails come sandboxed, as in their frame on the page; the page that shows them has no script. */
const PREVIEW_POLICY = "default-src 'none'; style-src 'self'; frame-src 'self'; img-src data:";
const TYPES: Readonly<Record<string, string>> = { css: "text/css", txt: "text/plain" };

/** One file of the templates' preview. */
export const previewFile = (name: string, content: string): Reply => ({
  status: 200,
  headers: {
    "Content-Type": `${TYPES[name.split(".").at(-1) ?? ""] ?? "text/html"}; charset=utf-8`,
    "Content-Security-Policy": name === "index.html" ? PREVIEW_POLICY : FRAME_POLICY,
  },
  body: content,
});

/** `<base>` goes first so that it wins over one in the mail. */
export const mailFrame = (html: string): Reply => ({
  status: 200,
  headers: {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": FRAME_POLICY,
  },
  body: `<!doctype html><base target="_blank">${html.replace(/^\s*<!doctype[^>]*>/i, "")}`,
});
