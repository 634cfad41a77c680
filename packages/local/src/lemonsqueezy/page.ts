import { asset, escapeHtml, htmlPage } from "../html.ts";
import type { Reply } from "../http-server.ts";
import { BASE_STYLE } from "../page-style.ts";
import { STORE_STYLE } from "./page-style.ts";

export const STYLE_LINK = '<link rel="stylesheet" href="/store.css">';

export const storeStyle = (): Reply => asset("text/css", BASE_STYLE + STORE_STYLE);

/** A page that says one thing. */
export const notice = (status: number, title: string, text: string): Reply =>
  htmlPage(
    title,
    STYLE_LINK,
    `<body>
<main class="notice">
  <h1>${escapeHtml(title)}</h1>
  <p>${escapeHtml(text)}</p>
</main>
</body>`,
    { status },
  );
