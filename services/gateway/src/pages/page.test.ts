import { responseOf } from "@luna/shared/rpc/exchange";
import { describe, expect, it } from "vitest";

import { createPages } from "./page.ts";

const pages = createPages({ head: "<title>moon</title><!-- look -->", sign: "<b>$&</b>" });
const page = async (html: string) => responseOf(await pages(html));

const policyOf = async (html: string): Promise<string> =>
  (await page(html)).headers.get("content-security-policy") ?? "";

const directive = async (html: string, name: string): Promise<string | undefined> =>
  (await policyOf(html)).split("; ").find((part) => part.startsWith(`${name} `));

const hash = async (text: string): Promise<string> => {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return `'sha256-${btoa(String.fromCharCode(...new Uint8Array(digest)))}'`;
};

describe("page", () => {
  it("answers the html as a page that no cache keeps", async () => {
    const response = await page("<p>ä</p>");
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(await response.text()).toBe("<p>ä</p>");
  });

  it("allows exactly the inline scripts and styles of the page", async () => {
    const html = `<style>p { color: red }</style><script type="module">\nsay("ä");\n</script><script>two()</script>`;
    expect(await directive(html, "style-src")).toBe(`style-src ${await hash("p { color: red }")}`);
    expect(await directive(html, "script-src")).toBe(
      `script-src ${await hash('\nsay("ä");\n')} ${await hash("two()")}`,
    );
  });

  it("writes a hash as browsers do", async () => {
    // The example of https://www.w3.org/TR/CSP2/#script-src-hash-usage
    expect(await directive("<script>alert('Hello, world.');</script>", "script-src")).toBe(
      "script-src 'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='",
    );
  });

  it("allows no script to a page that has none", async () => {
    expect(await directive("<p>plain</p>", "script-src")).toBe("script-src 'none'");
    expect(await directive("<p>plain</p>", "style-src")).toBe("style-src 'none'");
  });

  it("denies everything else that a page could load, send to or be framed by", async () => {
    const rest = (await policyOf("<p>rest</p>")).split("; ").filter((part) => !/-src '/.test(part));
    expect(rest).toEqual([
      "img-src data:",
      "form-action 'none'",
      "base-uri 'none'",
      "frame-ancestors 'none'",
    ]);
    expect(await directive("<p>rest</p>", "default-src")).toBe("default-src 'none'");
    expect(await directive("<p>rest</p>", "connect-src")).toBe("connect-src 'self'");
  });

  it("never allows inline code as such", async () => {
    expect(await policyOf("<script>run()</script>")).not.toContain("unsafe");
  });

  it("hashes what a browser's parser keeps of Windows line ends", async () => {
    const html = "<script>\r\none();\r\n</script>";
    expect(await directive(html, "script-src")).toBe(`script-src ${await hash("\none();\n")}`);
    expect(await (await page(html)).text()).not.toContain("\r");
  });

  it("puts the shared look in its place and allows it", async () => {
    const response = await page("<head><!-- look --></head>");
    const style = /<style>([\s\S]+)<\/style>/.exec(await response.text())?.[1] ?? "";
    expect(style).toContain("--ink");
    expect(response.headers.get("content-security-policy")).toContain(await hash(style));
  });

  it("puts the shared parts in their places, as they are", async () => {
    const html = await (await page("<head><!-- head --></head><!-- sign -->")).text();
    expect(html).toMatch(/^<head><title>moon<\/title><style>[^]+<\/style><\/head><b>\$&<\/b>$/);
  });

  it("gives each asker a body of its own, with the same policy", async () => {
    const html = "<script>again()</script>";
    const [first, second] = [await page(html), await page(html)];
    expect(await first.text()).toBe(await second.text());
    expect(first.headers.get("content-security-policy")).toBe(
      second.headers.get("content-security-policy"),
    );
  });
});
