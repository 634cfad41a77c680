import type { Reply } from "./http-server.ts";

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? character);

/** Scripts and styles come only from this server, as files of their own; nothing inline runs. */
const policy = (formTargets: string): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    "frame-src 'self'",
    "img-src 'self' data:",
    `form-action 'self'${formTargets}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join("; ");

export interface PageOptions {
  status?: number;
  /** An origin that a form of this page may be redirected to after it was sent. */
  formTarget?: string;
}

/** A whole HTML document. `head` and `body` are trusted markup: escape what goes into them. */
export const htmlPage = (
  title: string,
  head: string,
  body: string,
  { status = 200, formTarget }: PageOptions = {},
): Reply => ({
  status,
  headers: {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": policy(formTarget === undefined ? "" : ` ${formTarget}`),
  },
  body: `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>${escapeHtml(title)}</title>
${head}
</head>
${body}
</html>
`,
});

export const asset = (contentType: string, body: string): Reply => ({
  status: 200,
  headers: { "Content-Type": `${contentType}; charset=utf-8` },
  body,
});
