import type { Answered } from "@luna/shared/rpc/exchange";

import { LOOK } from "./look.ts";

/** What several pages share, by the name of the comment that marks its place: `<!-- head -->`. */
export type Parts = Readonly<Record<string, string>>;

const INLINE = /<(style|script)\b[^>]*>([\s\S]*?)<\/\1>/g;

interface Prepared {
  html: string;
  policy: string;
}

/** A CSP source that allows exactly this text: https://www.w3.org/TR/CSP3/#grammardef-hash-source */
const hashSource = async (text: string): Promise<string> => {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return `'sha256-${btoa(String.fromCharCode(...new Uint8Array(digest)))}'`;
};

/** The hashes of every inline block of one kind, or `'none'`. */
const sourcesOf = async (html: string, kind: "style" | "script"): Promise<string> => {
  const blocks = [...html.matchAll(INLINE)].filter(([, tag]) => tag === kind);
  const hashes = await Promise.all(blocks.map(([, , text]) => hashSource(text ?? "")));
  return hashes.length === 0 ? "'none'" : hashes.join(" ");
};

const prepare = async (source: string, parts: Parts): Promise<Prepared> => {
  const all = { ...parts, look: `<style>${LOOK}</style>` };
  const html = Object.entries(all)
    .reduce((page, [name, part]) => page.replace(`<!-- ${name} -->`, () => part), source)
    // Browsers hash what their parser kept, and it keeps no carriage returns.
    .replaceAll(/\r\n?/g, "\n");
  const policy = [
    "default-src 'none'",
    `script-src ${await sourcesOf(html, "script")}`,
    `style-src ${await sourcesOf(html, "style")}`,
    "connect-src 'self'",
    "img-src data:",
    "form-action 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
  return { html, policy };
};

/**
 * Answers with pages of ours, as trusted markup. Their policy lets the browser run the page's own
 * inline blocks and nothing else, so text that slips into a page cannot become code.
 */
export const createPages = (parts: Parts) => {
  /** One entry per page of the build. Results only: promises do not cross requests on workerd. */
  const prepared = new Map<string, Prepared>();
  return async (html: string): Promise<Answered> => {
    const ready = prepared.get(html) ?? (await prepare(html, parts));
    prepared.set(html, ready);
    return {
      status: 200,
      headers: {
        "content-type": "text/html; charset=utf-8",
        "content-security-policy": ready.policy,
        // Tokens pass through these pages: nothing of them may stay in a cache.
        "cache-control": "no-store",
      },
      body: ready.html,
    };
  };
};
